"use strict";
// The catalogue in the browser: everything is in the page, nothing is fetched.
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.querySelector("main");
const nav = document.querySelector("#tables");
const search = document.querySelector("#search");
const level = document.querySelector("#level");
const MOST = 200;
const byName = new Map(data.tables.map((table) => [table.name, table]));
const feedsByName = new Map(data.feeds.map((feed) => [feed.feed, feed]));

function make(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "class") node.className = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}
const both = (zh, en) => [zh + " ", make("span", { class: "en", lang: "en" }, en)];
const number = (value) => value.toLocaleString("en-US");
const link = (name) => make("a", { href: "#" + name }, make("code", {}, name));
const levelBadge = (value) =>
  make("span", { class: "level l" + value, title: data.levels[value].join(" ") }, "L" + value);
const classBadge = (name) =>
  name === "none"
    ? make("span", { class: "quiet" }, "–")
    : make("span", { class: "class c-" + name }, ...both(...data.classes[name]));
const chips = (words) => words.map((word) => make("span", { class: "chip" }, word));
const feedChips = (feeds) =>
  feeds.map((feed) => {
    const known = feedsByName.get(feed);
    return make("span", { class: "chip", title: `${known.zh} ${known.en}` }, feed);
  });

function facts(table) {
  const list = make("dl", { class: "facts" });
  const add = (zh, en, ...values) =>
    list.append(make("div", {}, make("dt", {}, ...both(zh, en)), make("dd", {}, ...values)));
  add("行数", "rows", (table.estimate ? "≈ " : "") + number(table.rows));
  if (table.level) add("最高级别", "highest level", levelBadge(table.level), " ", data.levels[table.level][0]);
  add("负责", "owner", table.owner);
  if (table.delivered) add("最近交付", "last delivery", table.delivered);
  if (table.feeds.length) add("数据来源", "source feeds", make("span", { class: "chips" }, ...feedChips(table.feeds)));
  if (table.reads.length) add("读取", "made from", make("span", { class: "links" }, ...table.reads.map(link)));
  if (table.read_by.length) add("用于", "read by", make("span", { class: "links" }, ...table.read_by.map(link)));
  return list;
}

function columnRow(table, column) {
  const cell = (zh, en, ...values) => {
    const empty = values.length === 1 && values[0].className === "quiet";
    const options = { "data-label": `${zh} ${en}`, class: empty ? "empty" : "" };
    return make("td", options, make("div", {}, ...values));
  };
  return make(
    "tr",
    { id: `${table.name}.${column.name}` },
    cell("列", "column", make("code", {}, column.name), column.key ? make("span", { class: "key", title: "键 key" }, " ⚿") : ""),
    cell("含义", "meaning", column.zh, make("span", { class: "en", lang: "en" }, column.en)),
    cell("类型", "type", make("span", { class: "type" }, column.type)),
    cell("级别", "level", levelBadge(column.level)),
    cell("个人信息", "personal", classBadge(column.pii)),
    cell("数据元", "element", ...(column.elements.length + column.codes.length
      ? chips([...column.elements, ...column.codes]) : [make("span", { class: "quiet" }, "–")])),
    cell("来源", "feeds", ...(column.feeds.length
      ? feedChips(column.feeds) : [make("span", { class: "quiet" }, "–")])),
  );
}

function tableView(table) {
  const head = [["列", "column"], ["含义", "meaning"], ["类型", "type"], ["级别", "level"],
    ["个人信息", "personal"], ["数据元、代码", "data element, codes"], ["来源", "feeds"]];
  return make(
    "article",
    {},
    make("p", { class: "crumb" }, ...both(...data.layers[table.layer])),
    make("h2", {}, make("code", {}, table.name)),
    make("p", { class: "lead" }, table.zh, make("span", { class: "en", lang: "en" }, table.en)),
    facts(table),
    make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": table.name },
      make("table", { class: "columns" },
        make("thead", {}, make("tr", {}, ...head.map((words) => make("th", { scope: "col" }, ...both(...words))))),
        make("tbody", {}, ...table.columns.map((column) => columnRow(table, column))))),
  );
}

function home() {
  const view = make("article", {});
  const cards = make("div", { class: "cards" });
  for (const [layer, words] of Object.entries(data.layers)) {
    const tables = data.tables.filter((table) => table.layer === layer);
    const columns = tables.reduce((sum, table) => sum + table.columns.length, 0);
    cards.append(make("a", { class: "card", href: "#" + layer },
      make("strong", {}, ...both(...words)),
      make("span", { class: "figure" }, number(tables.length)),
      make("span", { class: "quiet" }, `张表 tables · ${number(columns)} 列 columns`)));
  }
  view.append(cards, make("h2", {}, ...both("数据级别", "Levels, GB/T 39725")));
  const levels = make("ul", { class: "levels" });
  const counts = {};
  for (const table of data.tables) for (const column of table.columns) counts[column.level] = (counts[column.level] || 0) + 1;
  for (const [value, words] of Object.entries(data.levels)) {
    levels.append(make("li", {}, levelBadge(value), make("span", {}, ...both(...words)),
      make("span", { class: "count" }, number(counts[value] || 0))));
  }
  view.append(levels, make("h2", {}, ...both("数据来源与时效", "Feeds and how fresh they are")));
  const rows = data.feeds.map((feed) => {
    const state = !feed.delivered ? make("span", { class: "late" }, ...both("从未交付", "never"))
      : feed.late ? make("span", { class: "late" }, ...both(`迟 ${feed.late} 天`, `${feed.late} days late`))
        : make("span", { class: "fresh" }, ...both("及时", "in time"));
    const cell = (label, ...values) => make("td", { "data-label": label }, make("div", {}, ...values));
    return make("tr", {}, cell("编号 feed", make("strong", {}, feed.feed)), cell("表 table", make("code", {}, feed.table)),
      cell("内容 content", feed.zh, make("span", { class: "en", lang: "en" }, feed.en)),
      cell("负责 owner", feed.owner), cell("最近交付 last delivery", feed.delivered || "–"), cell("时效 freshness", state));
  });
  const head = [["编号", "feed"], ["表", "table"], ["内容", "content"], ["负责", "owner"], ["最近交付", "last delivery"], ["时效", "freshness"]];
  view.append(make("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "数据来源 feeds" }, make("table", {},
    make("thead", {}, make("tr", {}, ...head.map((words) => make("th", { scope: "col" }, ...both(...words))))),
    make("tbody", {}, ...rows))));
  return view;
}

function layerView(layer) {
  const rows = data.tables.filter((table) => table.layer === layer).map((table) =>
    make("li", {}, make("a", { href: "#" + table.name }, make("code", {}, table.name), table.level ? levelBadge(table.level) : "",
      make("span", { class: "words" }, table.zh, make("span", { class: "en", lang: "en" }, table.en)))));
  return make("article", {}, make("h2", {}, ...both(...data.layers[layer])), make("ul", { class: "found" }, ...rows));
}

function matches(words, ...texts) {
  const all = texts.join("\n").toLowerCase();
  return words.every((word) => all.includes(word));
}
function rank(words, name, initials) {
  const first = words[0] || "";
  if (name.toLowerCase() === first) return 0;
  if (name.toLowerCase().startsWith(first) || initials.startsWith(first)) return 1;
  return 2;
}
function results(query, only) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (const table of data.tables) {
    const feeds = table.feeds.length < 4 ? table.feeds.join(" ") : "";
    if (!only && matches(words, table.name, table.zh, table.en, table.initials, feeds)) {
      found.push([rank(words, table.name.split(".")[1], table.initials), table, null]);
    }
    for (const column of table.columns) {
      if (only && column.level !== only) continue;
      if (matches(words, column.name, column.zh, column.en, column.initials, column.elements.join(" "), column.codes.join(" "),
        column.pii === "none" ? "" : column.pii)) {
        found.push([rank(words, column.name, column.initials) + 0.5, table, column]);
      }
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}
function resultsView(query, only) {
  const found = results(query, only);
  const list = make("ul", { class: "found" });
  for (const [, table, column] of found.slice(0, MOST)) {
    const name = column ? `${table.name}.${column.name}` : table.name;
    const said = column || table;
    list.append(make("li", {}, make("a", { href: "#" + name }, make("code", {}, name), said.level ? levelBadge(said.level) : "",
      make("span", { class: "words" }, said.zh, make("span", { class: "en", lang: "en" }, said.en)))));
  }
  const more = found.length > MOST ? `，只列前 ${MOST} 条 the first ${MOST} are shown` : "";
  return make("article", {}, make("p", { class: "quiet", role: "status" }, `${number(found.length)} 条 found${more}`), list);
}

function show() {
  const asked = decodeURIComponent(location.hash.slice(1));
  const query = search.value.trim();
  const only = Number(level.value);
  let view;
  const parts = asked.split(".");
  const table = byName.get(parts.slice(0, 2).join("."));
  if (query || only) view = resultsView(query, only);
  else if (table) view = tableView(table);
  else if (data.layers[asked]) view = layerView(asked);
  else view = home();
  main.replaceChildren(view);
  for (const node of nav.querySelectorAll("a")) {
    if (table && node.hash === "#" + table.name) {
      node.setAttribute("aria-current", "page");
      node.closest("details").open = true;
    } else node.removeAttribute("aria-current");
  }
  document.title = (table && !query ? table.name + " · " : "") + data.title;
  const row = table && parts.length > 2 && !query ? document.getElementById(asked) : null;
  if (row) {
    row.classList.add("asked");
    row.scrollIntoView({ block: "start" });
  } else scrollTo(0, 0);
}

for (const [layer, words] of Object.entries(data.layers)) {
  const tables = data.tables.filter((table) => table.layer === layer);
  nav.append(make("details", {}, make("summary", {}, ...both(...words), make("span", { class: "count" }, number(tables.length))),
    make("ul", {}, ...tables.map((table) => make("li", {}, make("a", { href: "#" + table.name, title: table.zh },
      make("code", {}, table.name.split(".")[1]), make("span", { class: "words" }, table.zh)))))));
}
search.addEventListener("input", show);
level.addEventListener("change", show);
addEventListener("hashchange", () => {
  search.value = "";
  level.value = "0";
  document.body.classList.remove("open");
  show();
});
document.addEventListener("click", (event) => {
  // A link to where one already is changes no address and must still lead there.
  const chosen = event.target.closest("main a, nav a");
  if (chosen && chosen.hash === location.hash) {
    search.value = "";
    level.value = "0";
    document.body.classList.remove("open");
    show();
  }
});
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !typing) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape") {
    search.value = "";
    level.value = "0";
    show();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const links = [...main.querySelectorAll(".found a")];
    if (!links.length || event.target.tagName === "SELECT") return;
    event.preventDefault();
    const here = links.indexOf(document.activeElement);
    const next = here + (event.key === "ArrowDown" ? 1 : -1);
    if (next < 0) search.focus();
    else if (links[next]) links[next].focus();
  } else if (event.key === "Enter" && event.target === search) {
    const first = main.querySelector(".found a");
    if (first) first.click();
  }
});
document.querySelector("#menu").addEventListener("click", () => document.body.classList.toggle("open"));
document.querySelector("#print").addEventListener("click", () => {
  main.replaceChildren(...data.tables.map(tableView));
  print();
});
addEventListener("afterprint", show);
show();
