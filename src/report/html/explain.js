// The explain page: draws the story that the page carries (heddle/story/1) as swim
// lanes.  Only the rows in view exist as elements; where a row is follows from the
// heights of those above, of which there are two.  All text goes in as text, never
// as markup.
"use strict";
(function () {
  const story = JSON.parse(document.getElementById("story").textContent);
  const rows = story.rows, tasks = story.tasks;
  const HEIGHT = 26, HEIGHT_MORE = 45, LANE = 136, LANE_WIDE = 184, TIME = 76;
  const GUTTER = Math.max(46, 18 + 7 * String(story.steps).length);
  const $ = (id) => document.getElementById(id);

  function el(tag, cls, ...inside) {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    for (const x of inside) if (x !== null && x !== undefined) e.append(x);
    return e;
  }

  // ---- words ----

  const plural = (n, what) => n + " " + what + (n === 1 ? "" : "s");
  const taskName = (t) => tasks[t].name;
  const ms = (ns) => (ns / 1e6).toLocaleString("en", { maximumFractionDigits: 6 }) + " ms";

  function frameText(f) {
    const w = story.frames[f];
    if (!w) return "";
    return w.file ? w.file.replace(/.*\//, "") + ":" + w.line : w.function;
  }

  function moreOf(r) {
    const parts = [];
    if (r.value && !joined(r)) parts.push(r.value);
    if (r.block) parts.push((r.for_ever ? "blocked for ever: " : "waits: ") + r.block);
    if (r.wakes) parts.push("wakes " + r.wakes.map(taskName).join(", "));
    return parts.join(" · ");
  }

  const joined = (r) => r.value && r.value[0] === "=";

  // ---- which rows are shown ----

  // Rows up to this level are shown; runs of others are folds, which may be open.
  const SHOWN = 2;
  let showAll = false;
  const open = new Set(); // first rows of folds that were opened
  let view = [], top = [], height = 0;
  let focus = 0; // index in view

  function viewMake() {
    view = [];
    for (let i = 0; i < rows.length;) {
      let end = i;
      while (!showAll && end < rows.length && rows[end].level > SHOWN) end++;
      if (end - i > 1) {
        view.push({ fold: true, first: i, count: end - i, open: open.has(i) });
        if (open.has(i)) for (let k = i; k < end; k++) view.push({ first: k, inside: i });
        i = end;
      } else {
        view.push({ first: i });
        i++;
      }
    }
    top = new Array(view.length + 1);
    top[0] = 0;
    view.forEach((v, i) => { top[i + 1] = top[i] + rowHeight(v); });
    height = top[view.length];
    $("rows").style.height = height + "px";
  }

  const rowHeight = (v) => (!v.fold && moreOf(rows[v.first]) ? HEIGHT_MORE : HEIGHT);

  function viewIndex(row) {
    let best = 0;
    view.forEach((v, i) => { if (v.first <= row) best = i; });
    return best;
  }

  // ---- what each task can do at each row ----

  // Changes of state per task: [row, state], by row.
  const states = tasks.map(() => []);
  (function () {
    const spawned = tasks.map((t, i) => i).sort((a, b) => tasks[a].spawn_step - tasks[b].spawn_step);
    let next = 0;
    rows.forEach((r, i) => {
      while (next < spawned.length && tasks[spawned[next]].spawn_step <= r.step)
        states[spawned[next++]].push([i, "run"]);
      if (r.block) states[r.task].push([i + 1, "blocked"]);
      for (const t of r.wakes || []) states[t].push([i + 1, "run"]);
      if (r.what === "ends") states[r.task].push([i + 1, ""]);
    });
  })();

  function stateAt(task, row) {
    const s = states[task];
    let low = 0, high = s.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (s[mid][0] <= row) low = mid + 1; else high = mid;
    }
    return low ? s[low - 1][1] : "";
  }

  // ---- columns ----

  let column = [], columns = 0, others = false, wide = false;

  function columnsMake() {
    const room = Math.max(2, Math.floor(($("lanes").clientWidth - GUTTER - timeWidth() - 12) / LANE));
    others = !wide && tasks.length > room;
    columns = 0;
    const some = tasks.some((t) => t.matters);
    column = tasks.map((t, i) =>
      !others || ((i === 0 || !some || t.matters) && columns < room - 1) ? columns++ : -1);
    if (others) column = column.map((c) => (c < 0 ? columns : c));
    if (others) columns++;
    const grid = GUTTER + "px " + timeWidth() + "px repeat(" + columns + ", minmax(0, 1fr))";
    document.documentElement.style.setProperty("--wide",
      wide ? GUTTER + timeWidth() + columns * LANE_WIDE + "px" : "0px");
    $("names").style.gridTemplateColumns = grid;
    columnsMake.grid = grid;
    namesDraw();
  }

  const timeWidth = () => (story.now_ns > 0 ? TIME : 0);
  const hue = (c) => "var(--l" + (c % 8) + ")";
  const isOthers = (task) => others && column[task] === columns - 1;

  function namesDraw() {
    const cells = [el("div", "gut", "step"), el("div", "gut", story.now_ns > 0 ? "time" : "")];
    for (let c = 0; c < columns; c++) {
      const t = others && c === columns - 1 ? null : tasks[column.indexOf(c)];
      const name = el("b", "", t ? t.name : plural(column.filter((x) => x === c).length, "other task"));
      name.style.color = hue(c);
      cells.push(el("div", "", name, el("small", "", t ? t.function || "" : "")));
    }
    $("names").replaceChildren(...cells);
  }

  // ---- rows ----

  function foldSteps(v) {
    let n = 0;
    for (let i = v.first; i < v.first + v.count; i++) n += rows[i].count || 1;
    return n;
  }

  function dotOf(r, v) {
    if (v.fold) return el("i", "dot fold");
    if (r.pair) return el("i", "dot letter", r.pair.toUpperCase());
    const cls = { timer: "timer", deviation: "dev", log: "log", call: "log", finding: "stop", gap: "fold" }[r.kind] ||
      (r.for_ever || r.named ? "stop" : "");
    return el("i", "dot " + cls);
  }

  function textOf(r, v) {
    if (v.fold) {
      const of = new Set();
      for (let i = v.first; i < v.first + v.count; i++) of.add(rows[i].task);
      const whose = of.size === 1 ? "" : " of " + plural(of.size, "task");
      return el("div", "text fold", el("div", "what",
        (v.open ? "▾ " : "▸ ") + plural(foldSteps(v), "quiet step") + whose));
    }
    const what = el("div", "what");
    if (isOthers(r.task)) what.append(taskName(r.task) + ": ");
    if (r.kind === "gap") what.append(plural(r.count, "step") + " left out");
    else if (r.kind === "log") what.append("“" + r.what + "”");
    else what.append(r.what);
    if (joined(r)) what.append(" ", el("b", "", r.value));
    const more = moreOf(r);
    const kind = { deviation: "dev", log: "log", call: "log", gap: "fold", finding: "finding" }[r.kind] || "";
    return el("div", "text " + kind + (r.level > SHOWN ? " quiet" : ""), what,
      more ? el("div", "more" + (r.for_ever ? " bad" : ""), more) : null);
  }

  // Lines to the tasks that a step starts or wakes, or that a deviation lets run.
  function linksOf(r, v) {
    const to = new Set();
    if (v.fold) return [];
    for (const t of r.wakes || []) to.add(t);
    if (r.other !== undefined) to.add(r.other);
    const from = column[r.task];
    return [...to].map((t) => column[t]).filter((c) => c !== from).map((c) => {
      const a = Math.min(from, c), b = Math.max(from, c);
      const e = el("i", "link " + (c > from ? "right" : "left") + (r.kind === "deviation" ? " devlink" : ""));
      const share = "(100% - " + (GUTTER + timeWidth()) + "px) / " + columns;
      e.style.left = "calc(" + (GUTTER + timeWidth() + 18) + "px + " + share + " * " + a + ")";
      e.style.width = "calc(" + share + " * " + (b - a) + " - 12px)";
      if (r.kind !== "deviation") e.style.setProperty("--hue", hue(from));
      return e;
    });
  }

  // The liveliest state of the tasks of a column.
  function columnStates(row) {
    const s = new Array(columns).fill("");
    tasks.forEach((t, i) => {
      const one = stateAt(i, row), c = column[i];
      if (one === "run" || (one && !s[c])) s[c] = one;
    });
    return s;
  }

  function rowDraw(i) {
    const v = view[i], r = rows[v.first], own = column[r.task];
    const e = el("div", "row");
    if (i === focus) e.classList.add("on");
    if (!v.fold && r.pair) e.classList.add("pair");
    if (!v.fold && r.kind === "deviation") e.classList.add("dev");
    if (!v.fold && r.named) e.classList.add("pair");
    e.id = "row" + i;
    e.dataset.row = i;
    e.setAttribute("role", "option");
    e.setAttribute("aria-selected", i === focus);
    e.style.gridTemplateColumns = columnsMake.grid;
    e.style.top = top[i] + "px";
    e.style.height = top[i + 1] - top[i] + "px";
    const before = i ? rows[view[i - 1].first] : null;
    const numbered = !v.fold && (r.kind === "step" || r.kind === "timer");
    e.append(el("div", "gut", numbered ? String(r.step) : ""),
      el("div", "gut time", story.now_ns > 0 && (!before || before.ns !== r.ns) ? ms(r.ns) : ""));
    const s = columnStates(v.first);
    for (let c = 0; c < columns; c++) {
      const lane = el("div", "lane");
      lane.style.setProperty("--hue", hue(c));
      if (s[c]) lane.classList.add(s[c]);
      if (c === own) {
        if (s[c] !== "blocked") lane.classList.add("now");
        if (!v.fold && r.what === "begins") lane.classList.add("first");
        if (!v.fold && r.what === "ends") lane.classList.add("last");
        lane.append(dotOf(r, v), textOf(r, v));
      }
      e.append(lane);
    }
    e.append(...linksOf(r, v));
    return e;
  }

  let drawn = "";
  function draw(force) {
    const box = $("scroll"), from = box.scrollTop - 300, to = box.scrollTop + box.clientHeight + 300;
    let low = 0, high = view.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (top[mid + 1] < from) low = mid + 1; else high = mid;
    }
    let end = low;
    while (end < view.length && top[end] < to) end++;
    const key = low + ":" + end;
    if (!force && key === drawn) return;
    drawn = key;
    const list = [];
    for (let i = low; i < end; i++) list.push(rowDraw(i));
    $("rows").replaceChildren(...list);
    box.setAttribute("aria-activedescendant", "row" + focus);
  }

  // ---- the side ----

  let allFrames = false;

  function source(f) {
    const w = story.frames[f], text = w && w.file && story.sources[w.file];
    if (!text) return null;
    const pre = el("pre", "src");
    for (let n = w.line - 5; n <= w.line + 3; n++) {
      if (text[n] === undefined) continue;
      pre.append(el("span", n === w.line ? "here" : "", el("i", "", String(n)), text[n] || " "));
    }
    return pre.childNodes.length ? pre : null;
  }

  function frames(list) {
    const box = el("div");
    list.forEach((f, i) => {
      const w = story.frames[f] || { function: "?" };
      const e = el("div", "frame", el("span", "fn", w.function + " "),
        el("span", "file", w.file ? w.file + ":" + w.line : ""));
      if (i === 0 || allFrames) e.append(source(f) || "");
      else e.addEventListener("click", () => { e.append(source(f) || ""); }, { once: true });
      box.append(e);
    });
    return box;
  }

  function stackOf(r) {
    if (r.stack !== undefined) return story.stacks[r.stack];
    return r.frame !== undefined ? [r.frame] : [];
  }

  function facts(list) {
    const dl = el("dl");
    for (const [k, v] of list) if (v) dl.append(el("dt", "", k), el("dd", "", v));
    return dl;
  }

  function stepSection(v) {
    const r = rows[v.first];
    if (v.fold) {
      return [el("h2", "", "Folded"), el("div", "big", plural(foldSteps(v), "quiet step")),
        el("p", "rule", "Accesses to memory that no other task competes for. Enter opens them.")];
    }
    const list = stackOf(r), out = [
      el("h2", "", r.kind === "deviation" ? "Deviation " + r.deviation + " of the schedule"
        : r.kind === "finding" ? "The finding"
        : r.kind === "resume" ? "Goes on"
        : r.kind === "log" ? "Says"
        : r.kind === "call" ? "Not controlled"
        : "Step " + r.step + " of " + story.steps),
      el("div", "big", r.pair ? el("span", "letter", r.pair.toUpperCase()) : null, r.what, joined(r) ? " " + r.value : "")];
    out.push(facts([
      ["task", taskName(r.task) + (tasks[r.task].function ? ", runs " + tasks[r.task].function : "")],
      ["at", story.now_ns > 0 ? ms(r.ns) + " of virtual time" : ""],
      [r.kind === "finding" ? "what" : "value", joined(r) ? "" : r.value],
      [r.for_ever ? "for ever" : "waits", r.block],
      ["wakes", (r.wakes || []).map(taskName).join(", ")],
    ]));
    if (list.length) out.push(el("h2", "", "Stack"), frames(list));
    return out;
  }

  function tasksSection() {
    const out = [el("h2", "", "In the end")];
    let ended = 0;
    tasks.forEach((t, i) => {
      if (t.end.role === "ended") { ended++; return; }
      const e = el("div", "task");
      const name = el("b", "", t.name);
      e.style.setProperty("--hue", hue(column[i]));
      e.append(name, " ", el("span", "role " + t.end.role, t.end.role),
        (t.end.role === "blocked" ? " in " : " at ") + t.end.op +
        (t.end.object ? " on " + t.end.object : "") + (t.end.why ? " (" + t.end.why + ")" : ""));
      if (t.end.stack.length) e.append(" ", el("span", "file", frameText(t.end.stack[0])));
      out.push(e);
    });
    if (ended) out.push(el("div", "task", el("span", "role", plural(ended, "task") + " ended")));
    return out;
  }

  function whySection() {
    const out = [];
    if (story.finding) {
      out.push(el("h2", "", "Why"));
      if (story.pair && story.pair.b) out.push(el("p", "rule first", story.pair.sentence + "."));
      for (const r of story.rules) out.push(el("p", "rule", el("b", "", "Rule " + r.number + ". "), r.text));
      if (story.fix) out.push(el("p", "rule", el("b", "", "Fix: "), story.fix));
      if (story.symptom) out.push(el("p", "rule", el("b", "", "Seen as: "), story.symptom));
      if (story.finding.detail) {
        const pre = el("pre", "src");
        pre.append(el("span", "", story.finding.detail));
        out.push(pre);
      }
    }
    const copy = el("button", "", "copy");
    copy.addEventListener("click", copyReplay);
    out.push(el("h2", "", "Replay"), el("div", "replay", el("code", "", story.replay), copy));
    return out;
  }

  function copyReplay() {
    if (navigator.clipboard) navigator.clipboard.writeText(story.replay).catch(() => {});
  }

  function sideDraw(i) {
    if (!view.length) {
      $("side").replaceChildren(...whySection());
      return;
    }
    $("side").replaceChildren(...stepSection(view[i]), ...whySection(), ...tasksSection());
  }

  // ---- the head and the foot ----

  function card(letter, op) {
    const never = op.step === undefined ? "it does not get there any more" : "";
    const at = [op.task, op.place, never].filter(Boolean).join(", ");
    const e = el("button", "card", el("div", "what", el("span", "letter", letter), (op.returns ? "return from " : "") + op.op + (op.object ? " on " + op.object : "")),
      el("div", "at", at));
    e.addEventListener("click", () => goPair(letter.toLowerCase()));
    e.id = "pair-" + letter.toLowerCase();
    return e;
  }

  function headDraw() {
    const f = story.finding, p = story.pair;
    const params = story.params.map((x) => x.name + "=" + x.value).join(" ");
    const facts = [story.scenario + "/" + story.variant, "flavor " + story.flavor,
      plural(story.steps, "step"), plural(tasks.length, "task"),
      plural(story.deviations, "deviation"), plural(story.preemptions, "preemption")];
    if (params) facts.push(params);
    if (story.starvation_ns > 0) facts.push("needs " + ms(story.starvation_ns) + " of starvation");
    const out = [
      el("div", "title", el("span", "badge" + (f ? "" : " none"), f ? f.class : "clean"),
        el("h1", "", f ? f.message : "Nothing was found")),
      el("div", "facts", ...facts.map((x) => el("span", "", x)))];
    out[0].querySelector("h1").title = f ? f.message : "";
    if (p && p.a && p.b)
      out.push(el("div", "cards", card("A", p.a),
        el("div", "arrow", el("b", "", "→"), "fails in this order", el("small", "", "passes when B comes first")),
        card("B", p.b)));
    else if (p && p.a) out.push(el("div", "cards", card("A", p.a)));
    if (p && !p.b) out.push(el("div", "sentence" + (p.a ? "" : " alone"), p.sentence));
    $("head").replaceChildren(...out);
  }

  function footDraw() {
    const key = (k, what) => el("span", "", el("kbd", "", k), " " + what);
    const all = el("button", "", showAll ? "fold" : "show every step");
    all.addEventListener("click", toggleAll);
    const out = [key("↑ ↓", "step"), key("n p", "deviation")];
    if (story.pair && story.pair.a) out.push(key("a b", "critical pair"));
    out.push(key("Enter", "stack, fold"), el("span", "space"));
    if (others || wide) {
      const w = el("button", "", wide ? "fit lanes" : "all lanes");
      w.addEventListener("click", () => { wide = !wide; relayout(); });
      out.push(w);
    }
    if (showAll || rows.some((r) => r.level > SHOWN)) out.push(all);
    out.push(el("span", "", story.left_out ? plural(story.left_out, "step") + " left out" : ""));
    $("foot").replaceChildren(...out);
  }

  // ---- moving ----

  function show(i) {
    const box = $("scroll");
    if (top[i] < box.scrollTop + 40) box.scrollTop = top[i] - 40;
    else if (top[i + 1] > box.scrollTop + box.clientHeight - 40)
      box.scrollTop = top[i + 1] - box.clientHeight + 40;
    if (!wide) return;
    const lanes = $("lanes"), x = GUTTER + timeWidth() + column[rows[view[i].first].task] * LANE_WIDE;
    if (x < lanes.scrollLeft) lanes.scrollLeft = x - GUTTER;
    else if (x + LANE_WIDE > lanes.scrollLeft + lanes.clientWidth)
      lanes.scrollLeft = x + LANE_WIDE - lanes.clientWidth;
  }

  function go(i) {
    if (!view.length) return;
    focus = Math.max(0, Math.min(view.length - 1, i));
    show(focus);
    draw(true);
    sideDraw(focus);
  }

  function goNext(step, wanted) {
    for (let i = focus + step; i >= 0 && i < view.length; i += step)
      if (!view[i].fold && wanted(rows[view[i].first])) return go(i);
  }

  function goPair(letter) {
    const i = view.findIndex((v) => !v.fold && rows[v.first].pair === letter);
    if (i >= 0) go(i);
    $("scroll").focus();
  }

  function toggleFold() {
    const v = view[focus];
    if (v.fold || v.inside !== undefined) {
      const first = v.fold ? v.first : v.inside;
      if (open.has(first)) open.delete(first); else open.add(first);
      viewMake();
      go(view.findIndex((x) => x.fold && x.first === first));
    } else {
      allFrames = !allFrames;
      sideDraw(focus);
    }
  }

  function toggleAll() {
    const row = view.length ? view[focus].first : 0;
    showAll = !showAll;
    viewMake();
    footDraw();
    go(viewIndex(row));
  }

  function relayout() {
    columnsMake();
    footDraw();
    viewMake();
    draw(true);
  }

  const page = () => Math.max(1, Math.floor($("scroll").clientHeight / HEIGHT_MORE));
  const keys = {
    ArrowDown: () => go(focus + 1), j: () => go(focus + 1),
    ArrowUp: () => go(focus - 1), k: () => go(focus - 1),
    PageDown: () => go(focus + page()), PageUp: () => go(focus - page()),
    Home: () => go(0), End: () => go(view.length - 1),
    g: () => go(0), G: () => go(view.length - 1),
    n: () => goNext(1, (r) => r.kind === "deviation"),
    p: () => goNext(-1, (r) => r.kind === "deviation"),
    a: () => goPair("a"), b: () => goPair("b"),
    f: toggleAll, Enter: toggleFold,
  };

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
    if (e.key === "Enter" && e.target.closest && e.target.closest("button")) return;
    e.preventDefault();
    keys[e.key]();
  });
  $("scroll").addEventListener("scroll", () => draw(false));
  // A row that moves under a mouse that rests is not pointed at.
  let mouse = "";
  $("rows").addEventListener("mousemove", (e) => {
    const row = e.target.closest(".row"), at = e.screenX + ":" + e.screenY;
    if (row && at !== mouse) sideDraw(Number(row.dataset.row));
    mouse = at;
  });
  $("rows").addEventListener("mouseleave", () => { if (view.length) sideDraw(focus); });
  $("rows").addEventListener("click", (e) => {
    const row = e.target.closest(".row");
    if (!row) return;
    go(Number(row.dataset.row));
    if (view[focus].fold) toggleFold();
  });
  window.addEventListener("resize", relayout);

  // Where to begin: at the pair, else the first deviation, else the finding.
  function firstRow() {
    for (const wanted of [(r) => r.pair === "a", (r) => r.kind === "deviation", (r) => r.kind === "finding"]) {
      const i = view.findIndex((v) => !v.fold && wanted(rows[v.first]));
      if (i >= 0) return i;
    }
    return 0;
  }

  function centre(i) {
    const b = view.findIndex((v) => !v.fold && rows[v.first].pair === "b");
    const box = $("scroll"), last = b > i ? b : i;
    const middle = (top[i] + top[last + 1]) / 2, room = box.clientHeight;
    if (top[last + 1] <= room) box.scrollTop = 0;
    else box.scrollTop = top[last + 1] - top[i] < room ? middle - room / 2 : top[i] - 60;
  }

  headDraw();
  columnsMake();
  viewMake();
  footDraw();
  if (view.length) {
    focus = firstRow();
    centre(focus);
  }
  draw(true);
  sideDraw(focus);
  $("scroll").focus({ preventScroll: true });
})();
