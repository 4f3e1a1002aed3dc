// Arrow keys along a lane of the picture. Without this script the first mark of every lane
// can be reached by Tab, and all of them are in the table.
"use strict";

for (const lane of document.querySelectorAll(".lane[role=group]")) {
  // In the order of time, not of drawing.
  const place = (one) => one.getBoundingClientRect().left;
  const marks = [...lane.querySelectorAll("a[href^='#']")].sort((a, b) => place(a) - place(b));
  marks.forEach((mark, n) => mark.setAttribute("tabindex", n ? "-1" : "0"));
  lane.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const here = marks.indexOf(document.activeElement);
    const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: marks.length - 1 }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    const next = marks[to];
    if (!next) return;
    marks[here].setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
}
