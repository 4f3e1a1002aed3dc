// Shortcuts only: every one of them does what a link or a button on the page does too.
"use strict";

const find = (selector) => document.querySelector(selector);
const questions = () => [...document.querySelectorAll("a.question")];

// Open a folded form and put the focus on its first choice.
const open = (id) => {
  const folded = document.getElementById(id);
  if (!folded) return;
  folded.open = true;
  const choice = folded.querySelector("input[type=radio]:checked, input[type=radio]");
  if (choice) choice.focus();
};

// On a question: the next or previous one. In the queue: the focus moves along the list.
const walk = (step) => {
  const link = find(step > 0 ? "a[rel=next]" : "a[rel=prev]");
  if (link) { link.click(); return; }
  const all = questions();
  if (!all.length) return;
  const place = all.indexOf(document.activeElement);
  const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : place + step;
  if (all[next]) all[next].focus();
};

const help = () => {
  const dialog = document.getElementById("help");
  if (!dialog) return;
  if (dialog.open) dialog.close(); else dialog.showModal();
};

const actions = {
  j: () => walk(1),
  k: () => walk(-1),
  1: () => open("answer-same"),
  2: () => open("answer-different"),
  3: () => { const link = document.getElementById("answer-skip"); if (link) link.click(); },
  r: () => open("reveal"),
  "?": help,
};

const isTyping = (element) =>
  element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    const folded = document.activeElement.closest("details[open]");
    if (folded) { folded.open = false; folded.querySelector("summary").focus(); }
    return;
  }
  const dialog = document.getElementById("help");
  const action = actions[event.key.toLowerCase()];
  if (!action || isTyping(event.target) || (dialog && dialog.open && action !== help)) return;
  event.preventDefault();
  action();
});

for (const link of document.querySelectorAll("[data-help]")) {
  link.addEventListener("click", (event) => { event.preventDefault(); help(); });
}
