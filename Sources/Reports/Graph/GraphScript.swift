/// What the graph of a page can do: fit to the width, say that it scrolls, and show the flow of one
/// part.
enum GraphScript {
  static let text = """
    (function () {
      "use strict";
      var canvas = document.getElementById("canvas");
      if (!canvas) { return; }
      var flow = canvas.querySelector("svg.flow");
      var list = function (root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); };
      var nodes = list(flow, "[data-node]");
      var lines = list(flow, "[data-links]");
      var fit = document.getElementById("fit");
      var clear = document.getElementById("clear");
      var told = document.getElementById("trace");
      var scrolls = document.getElementById("scrolls");
      var help = told.textContent;
      var byName = {};
      var into = {};
      var outOf = {};
      nodes.forEach(function (node) { byName[node.getAttribute("data-node")] = node; });
      lines.forEach(function (line) {
        line.getAttribute("data-links").split(" ").forEach(function (link) {
          var ends = link.split(">");
          (outOf[ends[0]] = outOf[ends[0]] || []).push({ to: ends[1], line: line });
          (into[ends[1]] = into[ends[1]] || []).push({ to: ends[0], line: line });
        });
      });
      // A step's position in the run; what comes from it is later, what it comes from earlier.
      function position(name) { return Number(name.slice(1)); }
      function follow(start, links, isLater, found) {
        var limits = {};
        var open = [{ name: start, limit: start[0] === "s" ? position(start) : isLater ? -1 : Infinity }];
        while (open.length) {
          var at = open.pop();
          (links[at.name] || []).forEach(function (link) {
            var isStep = link.to[0] === "s";
            var own = isStep ? position(link.to) : at.limit;
            if (isStep && (isLater ? own <= at.limit : own >= at.limit)) { return; }
            found.lines.push(link.line);
            var known = limits[link.to];
            if (known !== undefined && (isLater ? known <= own : known >= own)) { return; }
            limits[link.to] = own;
            found.names[link.to] = true;
            open.push({ name: link.to, limit: own });
          });
        }
        return Object.keys(limits).length;
      }
      var chosen = null;
      function show(name) {
        chosen = name;
        list(flow, ".on, .chosen").forEach(function (part) { part.classList.remove("on", "chosen"); });
        nodes.forEach(function (node) { node.setAttribute("aria-pressed", "false"); });
        flow.classList.toggle("traced", Boolean(name));
        clear.disabled = !name;
        if (!name) { told.textContent = help; return; }
        var found = { names: {}, lines: [] };
        found.names[name] = true;
        var before = follow(name, into, false, found);
        var after = follow(name, outOf, true, found);
        Object.keys(found.names).forEach(function (key) {
          byName[key].classList.add("on");
          var stage = byName[key].closest(".stage");
          if (stage) { stage.classList.add("on"); }
        });
        found.lines.forEach(function (line) { line.classList.add("on"); });
        byName[name].classList.add("chosen");
        byName[name].setAttribute("aria-pressed", "true");
        var label = byName[name].getAttribute("aria-label");
        told.textContent = label + ": " + before + " upstream, " + after + " downstream";
      }
      function toggle(node) {
        var name = node.getAttribute("data-node");
        show(chosen === name ? null : name);
      }
      var current = nodes[0];
      function focusable(node) {
        if (current) { current.setAttribute("tabindex", "-1"); }
        current = node;
        if (node) { node.setAttribute("tabindex", "0"); }
      }
      focusable(current);
      function middle(node) {
        var box = (node.querySelector(".hit, .pill") || node).getBoundingClientRect();
        return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      }
      var ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      function neighbour(node, way) {
        var from = middle(node);
        var best = null;
        var least = Infinity;
        nodes.forEach(function (other) {
          if (other === node) { return; }
          var to = middle(other);
          var along = (to.x - from.x) * way[0] + (to.y - from.y) * way[1];
          var across = Math.abs((to.x - from.x) * way[1]) + Math.abs((to.y - from.y) * way[0]);
          if (along < 4) { return; }
          var cost = along + 3 * across;
          if (cost < least) { least = cost; best = other; }
        });
        return best;
      }
      nodes.forEach(function (node) {
        node.addEventListener("click", function () { focusable(node); toggle(node); });
        node.addEventListener("focus", function () { focusable(node); });
        node.addEventListener("keydown", function (event) {
          if (event.ctrlKey || event.metaKey || event.altKey) { return; }
          var way = ways[event.key];
          if (way) {
            event.preventDefault();
            var next = neighbour(node, way);
            if (next) { next.focus(); next.scrollIntoView({ block: "nearest", inline: "nearest" }); }
          } else if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            toggle(node);
          }
        });
      });
      canvas.addEventListener("keydown", function (event) {
        if (event.key === "Escape" && chosen) { event.preventDefault(); show(null); }
      });
      clear.addEventListener("click", function () { show(null); });
      var natural = Number(flow.getAttribute("width"));
      function measure() {
        var isWide = canvas.scrollWidth > canvas.clientWidth + 1;
        var isHigh = canvas.scrollHeight > canvas.clientHeight + 1;
        var left = canvas.scrollWidth - canvas.clientWidth - canvas.scrollLeft;
        scrolls.hidden = !isWide && !isHigh;
        scrolls.textContent = isWide
          ? left > 2 ? "the graph goes on to the right: scroll, or fit it to the width \\u2192" : "\\u2190 scroll back"
          : "the graph goes on below: scroll in it \\u2193";
        fit.hidden = natural <= canvas.clientWidth && !canvas.classList.contains("fit");
      }
      function setFit(isFit) {
        canvas.classList.toggle("fit", isFit);
        fit.setAttribute("aria-pressed", String(isFit));
        measure();
      }
      fit.addEventListener("click", function () { setFit(!canvas.classList.contains("fit")); });
      canvas.addEventListener("scroll", measure);
      window.addEventListener("resize", measure);
      list(document, ".graph-bar").forEach(function (bar) { bar.hidden = false; });
      // What is only a little too wide is still readable when it is smaller.
      setFit(natural > canvas.clientWidth && canvas.clientWidth / natural > 0.72);
      // What changed is in sight.
      var changed = flow.classList.contains("diff")
        && nodes.filter(function (node) { return !node.classList.contains("same"); })[0];
      if (changed) {
        focusable(changed);
        var room = canvas.getBoundingClientRect();
        var at = middle(changed);
        if (at.x > room.left + canvas.clientWidth - 120) { canvas.scrollLeft = at.x - room.left - 240; }
        if (at.y > room.top + canvas.clientHeight - 60) { canvas.scrollTop = at.y - room.top - 120; }
      }
    })();
    """
}
