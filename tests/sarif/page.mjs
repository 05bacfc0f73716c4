// page.mjs PAGE: the HTML index in a browser.  It asks for nothing but itself, says
// nothing on the console, sorts and filters, and works from the keyboard.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const { chromium } = createRequire(process.cwd() + "/")("playwright-core");
const url = "file://" + process.argv[2];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const requests = [], complaints = [];
page.on("request", (r) => requests.push(r.url()));
page.on("console", (m) => complaints.push(m.text()));
page.on("pageerror", (e) => complaints.push(String(e)));
await page.goto(url);

const visible = "tbody tr:not([hidden])";
const column = (n) => page.$$eval(visible, (rows, n) =>
    rows.map((r) => r.cells[n].dataset.key ?? r.cells[n].textContent), n);
const all = await page.locator(visible).count();
assert.ok(all > 10, "a hunt has many targets");

// Each column sorts both ways; numbers as numbers.
for (const [n, numeric] of [[0], [1], [3, true], [4, true], [5, true], [6, true]]) {
    const button = page.locator("thead button").nth(n);
    const compare = numeric ? (a, b) => a - b : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    await button.click();
    const up = await column(n);
    assert.deepEqual(up, [...up].sort(compare), `column ${n} ascends`);
    await button.click();
    const down = await column(n);
    assert.deepEqual(down, [...down].sort(compare).reverse(), `column ${n} descends`);
}

// From the keyboard: the first heading is three steps away, behind both filters.
await page.reload();
for (let i = 0; i < 3; i++)
    await page.keyboard.press("Tab");
await page.keyboard.press("Enter");
assert.equal(await page.locator("thead th").first().getAttribute("aria-sort"), "ascending");

// Words and the result narrow the rows down, and every link leads to its finding.
await page.fill("#words", "07 BUGGY");
assert.equal(await page.locator(visible).count(), 1);
assert.match(await page.textContent("#shown"), /^1 of \d+ targets$/);
await page.fill("#words", "");
await page.selectOption("#result", "clean");
const clean = await page.locator(visible).count();
assert.ok(clean > 0 && clean < all);
assert.equal(await page.locator(`${visible} a`).count(), 0);
await page.selectOption("#result", "new");
const links = page.locator(`${visible} a`);
assert.ok(await links.count() > 10);
await links.nth(5).click();
const target = page.locator("article:target");
assert.ok(await target.isVisible());
assert.ok(await target.locator("h3").evaluate((h) => h.getBoundingClientRect().top < innerHeight));
assert.ok(await target.locator("pre").isVisible());

assert.deepEqual([...new Set(requests)], [url]);
assert.deepEqual(complaints, []);
await browser.close();
