"""Opens a page in a headless Chromium, uses it by keys alone, and says what happened, as JSON.

usage: browse.py PAGE [FOLDER-FOR-SCREENSHOTS]

Speaks the DevTools protocol over a pipe, so that no port and no library is needed.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


class Browser:
    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="penstock-browser-")
        to_read, self.to_write = os.pipe()
        self.from_read, from_write = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4.
        command = [
            "/bin/sh", "-c", 'exec "$0" "$@" 3<&%d 4>&%d' % (to_read, from_write), program,
            "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
            "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
            "--user-data-dir=" + self.profile, "about:blank",
        ]
        self.process = subprocess.Popen(
            command, pass_fds=(to_read, from_write), stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.rest = b""
        self.number = 0
        self.events = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = None
        self.session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.to_write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def receive(self):
        while b"\0" not in self.rest:
            chunk = os.read(self.from_read, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser ended")
            self.rest += chunk
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(expression + ": " + json.dumps(result["exceptionDetails"]))
        return result["result"].get("value")

    def press(self, key, text=None):
        code = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowRight": 39}.get(key, ord(key[0].upper()))
        text = "\r" if key == "Enter" else text if text is not None else key if len(key) == 1 else ""
        down = {"type": "keyDown" if text else "rawKeyDown", "key": key,
                "windowsVirtualKeyCode": code, "text": text}
        self.call("Input.dispatchKeyEvent", **down)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def close(self):
        self.process.terminate()
        self.process.wait(20)
        os.close(self.to_write)
        os.close(self.from_read)
        shutil.rmtree(self.profile, ignore_errors=True)


def use(browser, page, shots):
    for domain in ("Page", "Runtime", "Network", "Log"):
        browser.call(domain + ".enable")
    browser.resize(1280, 900)
    browser.call("Page.navigate", url="file://" + page)
    browser.wait_for("Page.loadEventFired")
    found = {"wide": {}, "signed": {}}
    found["title"] = browser.evaluate("document.title")
    found["text"] = browser.evaluate("document.body.innerText.length")
    found["graph"] = browser.evaluate(
        "(function () { var box = document.querySelector('.canvas svg.flow');"
        " return box ? box.getBoundingClientRect().height : 0; })()")
    opened = "Array.from(document.querySelectorAll('details')).filter(function (d) { return d.open; }).length"
    all_of = "document.querySelectorAll('details').length"
    found["parts"] = browser.evaluate(all_of)
    before = browser.evaluate(opened)
    # By keys alone: to the first part, and fold it.
    browser.press("j")
    found["focused"] = browser.evaluate("document.activeElement.tagName")
    browser.press("Enter")
    found["folded"] = browser.evaluate(opened) == before - 1
    browser.press("Enter")
    found["unfolded"] = browser.evaluate(opened) == before
    browser.press("j")
    browser.press("k")
    found["back"] = browser.evaluate(
        "document.activeElement === document.querySelector('summary')")
    browser.press("f")
    found["all"] = browser.evaluate(opened) in (0, found["parts"])
    # Reached by the tabulator too, with a ring around it.
    browser.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    browser.press("Tab")
    found["tabbed"] = browser.evaluate("document.activeElement !== document.body")
    # Find.
    shown = ("Array.from(document.querySelectorAll('[data-classes]'))"
             ".filter(function (e) { return !e.classList.contains('hidden'); }).length")
    whole = browser.evaluate(shown)
    browser.press("/")
    found["searching"] = browser.evaluate("document.activeElement.type") == "search"
    browser.call("Input.insertText", text="no such text anywhere")
    found["filtered"] = whole > 0 and browser.evaluate(shown) == 0
    browser.press("Escape")
    found["restored"] = browser.evaluate(shown) == whole
    button = browser.evaluate("!!document.querySelector('button[data-class]')")
    if button:
        browser.evaluate("document.querySelector('button[data-class]').focus()")
        browser.press("Enter")
        found["pressed"] = browser.evaluate(
            "document.querySelector('button[data-class]').getAttribute('aria-pressed')")
        browser.press("Enter")
    use_graph(browser, found)
    found["overflow"] = {}
    for width in (1280, 700, 480):
        browser.resize(width, 900)
        time.sleep(0.1)
        found["overflow"][str(width)] = browser.evaluate(
            "document.documentElement.scrollWidth > window.innerWidth")
        # Nothing is wider than the window but what scrolls by itself.
        found["wide"][str(width)] = browser.evaluate(
            "Array.from(document.querySelectorAll('main *')).filter(function (e) {"
            " return !e.closest('.canvas > *, .wide > *, .legend svg > *')"
            "   && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1; })"
            ".map(function (e) { return e.tagName + '.' + e.className; })")
        # A canvas that doesn't show all says so.
        found["signed"][str(width)] = browser.evaluate(
            "(function () { var c = document.getElementById('canvas');"
            " var more = c.scrollWidth > c.clientWidth + 1 || c.scrollHeight > c.clientHeight + 1;"
            " return document.getElementById('scrolls').hidden !== more; })()")
        if shots:
            # The whole page, as far as anybody looks.
            height = min(browser.evaluate("document.documentElement.scrollHeight"), 6000)
            browser.resize(width, height)
            data = browser.call("Page.captureScreenshot", format="png")["data"]
            with open(os.path.join(shots, "page-%d.png" % width), "wb") as file:
                file.write(base64.b64decode(data))
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    found["light"] = browser.evaluate(ground)
    browser.call("Emulation.setEmulatedMedia", features=dark)
    found["dark"] = browser.evaluate(ground)
    browser.call("Emulation.setEmulatedMedia", media="print", features=dark)
    found["printed"] = browser.evaluate(ground)
    found["prints"] = browser.evaluate("document.body.innerText.length") > 0
    return found


def use_graph(browser, found):
    """Goes through the graph by keys: to a part, what it comes from, and back."""
    on = "document.querySelectorAll('.flow.traced .node.on').length"
    browser.evaluate("document.querySelector('.flow [tabindex=\"0\"]').focus()")
    first = browser.evaluate("document.activeElement.getAttribute('data-node')")
    browser.press("ArrowRight")
    second = browser.evaluate("document.activeElement.getAttribute('data-node')")
    graph = {"moved": bool(first) and bool(second) and first != second}
    graph["tabbable"] = browser.evaluate("document.querySelectorAll('.flow [tabindex=\"0\"]').length")
    browser.press("Enter")
    graph["chosen"] = browser.evaluate(on) > 1
    graph["told"] = browser.evaluate("document.getElementById('trace').textContent")
    graph["pressed"] = browser.evaluate("document.activeElement.getAttribute('aria-pressed')")
    graph["ring"] = browser.evaluate(
        "parseFloat(getComputedStyle(document.activeElement.querySelector('.hit, .pill')).strokeWidth)") >= 2
    browser.press("Escape")
    graph["cleared"] = browser.evaluate(on) == 0
    browser.evaluate("var parts = document.querySelectorAll('.flow .node');"
                     "function pick(part) { part.dispatchEvent(new MouseEvent('click', {bubbles: true})); }"
                     "pick(parts[parts.length - 1])")
    graph["clicked"] = browser.evaluate(on) > 0
    # Not everything comes from, or goes into, every part.
    fewest = "Math.min.apply(null, Array.from(parts).map(function (p) { pick(p); return %s; }))" % on
    graph["less"] = browser.evaluate("(function () { if (parts.length > 200) { return 0; }"
                                     " return %s; })()" % fewest) < browser.evaluate("parts.length")
    browser.evaluate("document.getElementById('clear').click()")
    browser.resize(700, 900)
    browser.evaluate("var f = document.getElementById('fit');"
                     " if (f.getAttribute('aria-pressed') === 'false') { f.click(); }")
    graph["fits"] = browser.evaluate(
        "(function () { var c = document.getElementById('canvas');"
        " return c.scrollWidth <= c.clientWidth + 1; })()")
    browser.evaluate("f.click()")
    browser.resize(1280, 900)
    found["flow"] = graph


def main():
    program = os.environ.get("PENSTOCK_BROWSER") or next(
        (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
    if not program:
        print(json.dumps({"browser": None}))
        return
    page = os.path.abspath(sys.argv[1])
    browser = Browser(program)
    try:
        found = use(browser, page, sys.argv[2] if len(sys.argv) > 2 else None)
        found["browser"] = program
        found["console"] = [
            event["params"] for event in browser.events
            if event.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")]
        found["requests"] = [
            event["params"]["request"]["url"][:200] for event in browser.events
            if event.get("method") == "Network.requestWillBeSent"
            and event["params"]["request"]["url"] not in ("file://" + page, "about:blank")]
        print(json.dumps(found))
    finally:
        browser.close()


main()
