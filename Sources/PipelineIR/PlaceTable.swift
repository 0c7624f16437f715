package import Locations
import Values

/// Interns locations as places; kept by the builder of a program, not in the program.
package struct PlaceTable: Sendable {
  private var places: [String: PlaceID] = [:]

  package init() {}

  /// A table with the places of a program.
  package init(of program: Program) {
    for (number, place) in program.places.enumerated() {
      places[program.text(place.text)] = PlaceID(number)
    }
  }

  package mutating func intern(_ location: Location, in program: inout Program) -> PlaceID {
    let folder = location.folder
    return intern(folder.text, isDurable: folder.isDurable, in: &program)
  }

  /// A place of another program.
  package mutating func intern(
    _ place: PlaceID, of other: Program, in program: inout Program
  ) -> PlaceID {
    intern(other.placeText(place), isDurable: other.isDurable(place), in: &program)
  }

  private mutating func intern(
    _ text: String, isDurable: Bool, in program: inout Program
  ) -> PlaceID {
    if let known = places[text] { return known }
    let new = PlaceID(program.places.count)
    program.places.append(Place(text: program.texts.add(text), isDurable: isDurable))
    places[text] = new
    return new
  }
}
