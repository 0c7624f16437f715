package import Locations
import Values

/// Interns locations as places while a program is built.
///
/// Kept beside the program by whoever builds it.
package struct PlaceTable: Sendable {
  private var index: TextIndex

  package init(capacity: Int = 0) { index = TextIndex(capacity: capacity) }

  package mutating func intern(_ location: Location, in program: inout Program) -> PlaceID {
    let folder = location.folder
    var text = folder.text
    let new = program.places.count
    let found = text.withUTF8 { text in number(of: text, or: new, in: program) }
    if found == new {
      program.places.append(
        Place(text: program.texts.add(text), isDurable: folder.isDurable))
    }
    return PlaceID(found)
  }

  private mutating func number(
    of text: UnsafeBufferPointer<UInt8>, or new: Int, in program: Program
  ) -> Int {
    let places = program.places
    let texts = program.texts
    return index.number(of: text, orInsert: new) { number in
      texts.withBytes(places[number].text) { $0.isSame(as: text) }
    } hash: { number in
      number == new
        ? TextIndex.hash(text) : texts.withBytes(places[number].text, TextIndex.hash)
    }
  }

  /// A table that knows the places that a program has already.
  package init(of program: Program) {
    index = TextIndex(capacity: program.places.count)
    for number in program.places.indices {
      _ = program.texts.withBytes(program.places[number].text) { text in
        self.number(of: text, or: number, in: program)
      }
    }
  }
}
