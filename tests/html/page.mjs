// page.mjs PAGE...: pages of `heddle explain` in a browser.  A page asks for nothing but
// itself, says nothing on the console, shows the critical pair at 1280x800 without
// scrolling, is walked from the keyboard to every step, and takes names as text.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const { chromium } = createRequire(process.cwd() + "/")("playwright-core");
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "heddle-chromium-"));
const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    viewport: { width: 1280, height: 800 },
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

const complaints = [], requests = [];
const page = await context.newPage();
page.on("request", (r) => requests.push(r.url()));
page.on("console", (m) => complaints.push(m.text()));
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("dialog", (d) => { complaints.push("dialog: " + d.message()); d.dismiss(); });

const story = async () => JSON.parse(await page.textContent("#story"));
const focused = () => page.$eval(".row.on", (e) => Number(e.dataset.row));
const side = () => page.$eval("#side", (e) => e.textContent);

// Whole in the window, and not covered by anything.
async function inView(selector) {
    return page.$eval(selector, (e) => {
        const b = e.getBoundingClientRect();
        const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);
        return b.x >= 0 && b.y >= 0 && b.right <= innerWidth && b.bottom <= innerHeight &&
            top !== null && e.contains(top);
    });
}

async function pair(s) {
    assert.ok(await inView("#head .sentence, #pair-a"), "the result of the search is in view");
    if (!s.pair.b)
        return;
    assert.ok(await inView("#pair-a") && await inView("#pair-b"), "both cards are in view");
    for (const letter of ["a", "b"]) {
        const happens = s.pair[letter].step !== undefined;
        assert.equal(s.rows.filter((r) => r.pair === letter).length, happens ? 1 : 0);
        if (!happens)
            continue;
        await page.keyboard.press(letter);
        assert.match(await side(), new RegExp("^(Step \\d+ of \\d+|Goes on)" + letter.toUpperCase()));
        assert.ok(await inView(".row.on"));
    }
    await page.reload();
    const marks = await page.$$eval(".dot.letter", (l) => l.map((e) => {
        const b = e.getBoundingClientRect();
        return b.top > 0 && b.bottom < innerHeight;
    }));
    assert.deepEqual(marks, marks.map(() => true), "the pair's steps are in view at the start");
    assert.ok(marks.length > 0);
}

// Down from the first to the last row, all folds open: every step was in the focus.
async function walk(s) {
    await page.keyboard.press("Home");
    assert.equal(await focused(), 0);
    if (s.rows.some((r) => r.level > 2))
        await page.keyboard.press("f");
    await page.keyboard.press("Home");
    const seen = new Set();
    const note = async () => {
        const m = /^Step (\d+) of/.exec(await side());
        if (m)
            seen.add(Number(m[1]));
        assert.ok(await inView(".row.on"), "the focus stays in view");
    };
    await note();
    for (let i = 1; i < s.rows.length; i++) {
        await page.keyboard.press(i % 2 ? "ArrowDown" : "j");
        await note();
    }
    assert.equal(await focused(), s.rows.length - 1);
    const steps = s.rows.filter((r) => ["step", "timer"].includes(r.kind)).map((r) => r.step);
    assert.deepEqual(steps.filter((n) => !seen.has(n)), [], "every step was reached");
    await page.keyboard.press("k");
    assert.equal(await focused(), Math.max(0, s.rows.length - 2));
}

// With all lanes side by side the focus stays in view in both directions.
async function allLanes() {
    await page.click("text=all lanes");
    for (const key of ["Home", "PageDown", "PageDown", "End", "k", "PageUp"]) {
        await page.keyboard.press(key);
        assert.ok(await page.$eval(".row.on .dot", (e) => {
            const b = e.getBoundingClientRect(), l = document.getElementById("lanes").getBoundingClientRect();
            return b.left >= l.left && b.right <= l.right && b.top > 0 && b.bottom < innerHeight;
        }), "the focused lane is in view after " + key);
    }
    await page.click("text=fit lanes");
}

// A page of many steps keeps few elements, and still moves quickly.
async function long(s) {
    assert.ok(s.rows.length >= 10000, "it is long");
    const started = Date.now();
    await page.keyboard.press("f");
    await page.keyboard.press("Home");
    for (let i = 0; i < 200; i++)
        await page.keyboard.press("PageDown");
    await page.keyboard.press("End");
    assert.equal(await focused(), s.rows.length - 1);
    assert.ok(await inView(".row.on"));
    assert.ok(await page.locator(".row").count() < 200, "only what is in view exists");
    assert.ok(Date.now() - started < 30000);
}

async function folds(s) {
    const fold = page.locator(".text.fold", { hasText: "▸" }).first();
    if (!s.rows.some((r, i) => r.level > 2 && s.rows[i + 1]?.level > 2) || !await fold.count())
        return;
    await page.keyboard.press("Home"); // nothing is drawn above it then
    const rows = () => page.$eval("#rows", (e) => parseFloat(e.style.height));
    const closed = await rows();
    await fold.click();
    assert.ok(await rows() > closed, "a click opens a fold");
    await page.keyboard.press("Enter");
    assert.equal(await rows(), closed, "Enter folds it again");
}

async function deviations(s) {
    const n = s.rows.filter((r) => r.kind === "deviation").length;
    await page.keyboard.press("Home");
    for (let i = 1; i <= n; i++) {
        await page.keyboard.press("n");
        assert.match(await side(), new RegExp(`^Deviation ${i} of`));
    }
    for (let i = n - 1; i >= 1; i--) {
        await page.keyboard.press("p");
        assert.match(await side(), new RegExp(`^Deviation ${i} of`));
    }
}

// Stack and source of a step, by focus and by the mouse; Enter shows all frames' source.
async function stacks(s) {
    const deep = s.rows.findIndex((r) => r.level <= 2 && r.stack !== undefined &&
        s.stacks[r.stack].length > 1);
    if (deep < 0)
        return;
    const step = s.rows[deep].step;
    await page.keyboard.press("Home");
    for (let i = 0; i < 1000 && !(await side()).startsWith(`Step ${step} of`); i++)
        await page.keyboard.press("ArrowDown");
    assert.ok(await page.locator("#side .frame").count() > 1);
    assert.equal(await page.locator("#side pre.src .here").count(), 1);
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("#side pre.src .here").count() > 1);
    await page.keyboard.press("Enter");
    const kept = await side();
    await page.locator(".row").first().hover();
    const hovered = await side();
    await page.mouse.move(1270, 790);
    assert.equal(await side(), kept, "the focus comes back");
    assert.ok(hovered.length > 0);
}

// The text of the code under test is there as it was, and is nothing but text.
async function odd(s) {
    assert.equal(await page.locator("img, b[onerror]").count(), 0);
    const value = s.rows.map((r) => r.value || "").find((v) => v.includes("</script>"));
    assert.ok(value && value.includes("ключ 雪 e\u0301 <!-- @DATA@"), "the key is whole");
    assert.ok((await page.textContent("#rows")).includes("</script><img src=x onerror=alert(1)>"));
    assert.ok((await page.textContent("#side .replay")).includes("odd <b>\"x\" & "));
    assert.ok((await page.textContent("h1")).includes("</script><b>"));
    const narrow = await page.$eval("#scroll", (e) => e.scrollWidth <= e.clientWidth + 1);
    assert.ok(narrow, "a long name does not widen the lanes");
}

for (const file of process.argv.slice(2)) {
    const name = path.basename(file, ".html"), url = "file://" + path.resolve(file);
    let s = null;
    for (const colorScheme of ["dark", "light"]) {
        await page.emulateMedia({ colorScheme });
        await page.goto(url);
        s ??= await story();
        assert.equal(s.schema, "heddle/story/1");
        assert.ok(await inView("#head h1"));
        await pair(s);
    }
    await folds(s);
    await deviations(s);
    await stacks(s);
    if (name === "long")
        await long(s);
    else
        await walk(s);
    if (name === "many-tasks")
        await allLanes();
    if (name.startsWith("odd"))
        await odd(s);
    assert.deepEqual([...new Set(requests)].filter((r) => r !== url && !r.startsWith("data:")), [],
        name + ": no request leaves the page");
    assert.deepEqual(complaints, [], name + ": nothing on the console");
    requests.length = 0;
    console.log(`page: ${name}: ${s.rows.length} rows`);
}
await context.close();
fs.rmSync(profile, { recursive: true });
