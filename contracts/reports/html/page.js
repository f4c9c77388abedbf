// What the page gains by a script; without one all of it is there and can be read.
"use strict";

const THEMES = ["auto", "light", "dark"];
const WORST_FIRST = ["violated", "unstable", "waived", "unobserved", "retired", "verified"];

// Storage may be forbidden, as for a file opened from disk; the theme is then forgotten.
function stored(value) {
  try {
    if (value !== undefined) localStorage.setItem("theme", value);
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

// At once, so that nothing is painted in the wrong colours.
showTheme(THEMES.includes(stored()) ? stored() : "auto");

function startTheme() {
  const button = document.getElementById("theme");
  const name = () => { button.textContent = `Theme: ${document.documentElement.dataset.theme}`; };
  button.hidden = false;
  name();
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
    showTheme(next);
    stored(next);
    name();
  });
}

function say(text) {
  document.getElementById("said").textContent = text;
}

async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    // Not every browser lets a file from disk near the clipboard this way.
    getSelection().selectAllChildren(source);
    if (!document.execCommand("copy")) return false;
    getSelection().removeAllRanges();
  }
  return true;
}

function startCopying() {
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    const done = await copy(button.previousElementSibling);
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    say(done ? "Copied" : "Selected: press Ctrl+C to copy");
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

class Promises {
  constructor(form) {
    this.list = document.getElementById("rows");
    this.rows = [...this.list.children].map((element, index) => ({ element, index, text: null }));
    this.fields = ["search", "verdict", "family", "source", "order"].map((id) => document.getElementById(id));
    this.order = this.fields[4];
    this.isReversed = false;
    this.startColumns();
    form.hidden = false;
    form.addEventListener("input", (event) => this.changed(event.target));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => this.changed(this.order)));
    this.startLinks();
    this.startKeys();
    // What is signed is whole, whatever was searched for before.
    addEventListener("beforeprint", () => this.fill(this.rows));
    addEventListener("afterprint", () => this.show());
    // The browser may have filled in what was chosen before the page was loaded again.
    if (this.fields.some((field) => field.value !== "" && field.value !== "line")) this.show();
  }

  matches(row, words, wanted) {
    const { element } = row;
    if (wanted.some(([name, value]) => value && element.dataset[name] !== value)) return false;
    row.text ??= `${element.dataset.verdict} ${element.textContent}`.toLowerCase();
    return words.every((word) => row.text.includes(word));
  }

  changed(field) {
    if (field === this.order) this.isReversed = false;
    this.show();
  }

  startColumns() {
    const head = document.querySelector(".columns");
    head.removeAttribute("aria-hidden");
    this.columns = [...head.children].map((column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.textContent;
      button.dataset.order = column.dataset.order;
      button.addEventListener("click", () => this.sortBy(button.dataset.order));
      column.replaceChildren(button);
      return button;
    });
    this.tellOrder();
  }

  sortBy(order) {
    this.isReversed = this.order.value === order && !this.isReversed;
    this.order.value = order;
    this.show();
  }

  tellOrder() {
    for (const button of this.columns) {
      const isChosen = button.dataset.order === this.order.value;
      const way = !isChosen ? "" : this.isReversed ? "reversed" : "in order";
      button.dataset.way = way;
      button.ariaLabel = `Sort by ${button.textContent}${way && `, now ${way}`}`;
    }
  }

  show() {
    const [search, verdict, family, source, order] = this.fields.map((field) => field.value);
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = [["verdict", verdict], ["family", family], ["source", source]];
    const found = this.rows.filter((row) => this.matches(row, words, wanted)).sort(this.comparison(order));
    if (this.isReversed) found.reverse();
    this.tellOrder();
    this.fill(found);
    const [shown, total] = [found.length, this.rows.length].map((amount) => amount.toLocaleString("en"));
    const promises = this.rows.length === 1 ? "promise" : "promises";
    document.getElementById("found").textContent =
      shown === total ? `${total} ${promises}` : `${shown} of ${total} ${promises}`;
  }

  // In another list rather than hidden or taken out one by one, which takes a second where there are two thousand.
  fill(rows) {
    const filled = this.list.cloneNode(false);
    filled.append(...rows.map((row) => row.element));
    this.list.replaceWith(filled);
    this.list = filled;
  }

  comparison(order) {
    const number = (name) => (a, b) => a.element.dataset[name] - b.element.dataset[name];
    const text = (name) => (a, b) => a.element.dataset[name].localeCompare(b.element.dataset[name]);
    const rank = ({ element }) => WORST_FIRST.indexOf(element.dataset.verdict);
    const by = {
      line: () => 0,
      verdict: (a, b) => rank(a) - rank(b),
      id: text("id"),
      family: text("family"),
      source: text("source"),
      checked: number("checked"),
      proven: number("proven"),
    }[order];
    return (a, b) => by(a, b) || a.index - b.index;
  }

  choose(verdict, family) {
    const chosen = { search: "", verdict, family, source: "" };
    for (const [name, value] of Object.entries(chosen)) document.getElementById(name).value = value;
    this.show();
  }

  startLinks() {
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-verdict], a[data-family]");
      if (link) this.choose(link.dataset.verdict ?? "", link.dataset.family ?? "");
    });
  }

  startKeys() {
    const search = this.fields[0];
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input, select, textarea");
      if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.focus();
        search.select();
      }
      if (event.key === "Escape" && event.target === search) {
        search.value = "";
        this.show();
      }
    });
  }

  // Gives the row that has an id, and shows it, whatever the filters leave out.
  reveal(id) {
    const row = this.rows.find(({ element }) => element.id === id)?.element;
    if (!row) return null;
    if (!row.isConnected) this.choose("", "");
    row.querySelector("details").open = true;
    return row;
  }
}

function follow(promises) {
  let name;
  try {
    name = decodeURIComponent(location.hash.slice(1));
  } catch {
    return;
  }
  // The id of a clause alone will do, as every other form of the record has it.
  const places = name ? [name, `clause-${name}`] : [];
  const find = (id) => promises.reveal(id) ?? document.getElementById(id);
  const place = places.reduce((found, id) => found ?? find(id), null);
  if (!place) return;
  for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  place.scrollIntoView();
  const target = place.matches(".row") ? place.querySelector("summary") : place;
  target.focus({ preventScroll: true });
}

document.addEventListener("DOMContentLoaded", () => {
  startTheme();
  startCopying();
  const promises = new Promises(document.getElementById("filters"));
  follow(promises);
  addEventListener("hashchange", () => follow(promises));
  // A link to where one is already changes nothing, and should still show what it names.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) follow(promises);
  });
});
