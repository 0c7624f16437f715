/// Optional conveniences of a page: filters, folding everything, and keys.
enum PageScript {
  static let text = """
    (function () {
      "use strict";
      var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };
      var search = document.querySelector("input[type=search]");
      var chosen = {};
      function apply() {
        var words = search ? search.value.toLowerCase().split(/\\s+/).filter(Boolean) : [];
        var classes = Object.keys(chosen).filter(function (name) { return chosen[name]; });
        var count = 0;
        all("[data-classes]").forEach(function (element) {
          var own = element.getAttribute("data-classes").split(" ");
          var text = element.textContent.toLowerCase();
          var fits = (classes.length === 0 || classes.some(function (name) { return own.indexOf(name) >= 0; }))
            && words.every(function (word) { return text.indexOf(word) >= 0; });
          element.classList.toggle("hidden", !fits);
          if (fits) { count += 1; }
        });
        var told = document.getElementById("count");
        if (told) { told.textContent = words.length || classes.length ? count + " shown" : ""; }
      }
      all("button[data-class]").forEach(function (button) {
        button.addEventListener("click", function () {
          var name = button.getAttribute("data-class");
          chosen[name] = !chosen[name];
          button.setAttribute("aria-pressed", String(Boolean(chosen[name])));
          apply();
        });
      });
      if (search) { search.addEventListener("input", apply); }
      var fold = document.querySelector("button[data-fold]");
      function foldAll() {
        var open = all("details").some(function (part) { return !part.open; });
        all("details").forEach(function (part) { part.open = open; });
        if (fold) { fold.textContent = open ? "Fold all" : "Unfold all"; }
      }
      if (fold) { fold.addEventListener("click", foldAll); }
      var folded = [];
      window.addEventListener("beforeprint", function () {
        folded = all("details").filter(function (part) { return !part.open; });
        folded.forEach(function (part) { part.open = true; });
      });
      window.addEventListener("afterprint", function () {
        folded.forEach(function (part) { part.open = false; });
      });
      document.addEventListener("keydown", function (event) {
        if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) { return; }
        var typing = document.activeElement === search;
        if (event.key === "/" && search && !typing) { event.preventDefault(); search.focus(); return; }
        if (event.key === "Escape" && typing) { search.value = ""; apply(); search.blur(); return; }
        if (typing) { return; }
        if (event.key === "f") { foldAll(); return; }
        if (event.key !== "j" && event.key !== "k") { return; }
        var parts = all("summary").filter(function (part) { return part.offsetParent !== null; });
        var at = parts.indexOf(document.activeElement);
        var next = event.key === "j" ? at + 1 : at < 0 ? parts.length - 1 : at - 1;
        if (parts[next]) { parts[next].focus(); parts[next].scrollIntoView({ block: "nearest" }); }
      });
    })();
    """
}
