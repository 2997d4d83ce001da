// Checks report pages in headless Chromium; run by report_page.sh.
"use strict";
const assert = require("node:assert/strict");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const puppeteer = require("puppeteer-core");

const folder = process.argv[2];
const WIDTHS = [390, 1280];
const THEMES = ["light", "dark"];

/** Opens a page and collects everything that a browser complains of, and every request. */
async function open(browser, name, { width = 1280, theme = "light", scripts = true } = {}) {
  const page = await browser.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (message) => complaints.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => requests.push(request.url()));
  await page.setJavaScriptEnabled(scripts);
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: theme },
    // Smooth scrolling would move what is being clicked.
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await page.setViewport({ width, height: 900, isMobile: width < 600, hasTouch: width < 600 });
  await page.goto(pathToFileURL(path.join(folder, `${name}.html`)).href, { waitUntil: "load" });
  return { page, complaints, requests };
}

/** Texts whose contrast with their background is below WCAG AA (4.5, of large text 3). */
function weakContrast() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const background = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "black" : "white");
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !element.checkVisibility() || element.closest("script, style")) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
    const [a, b] = [luminance(ink), luminance(background(element))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) weak.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
  }
  return weak;
}

/** Numbers that do not stand left to right on their own, columns whose digits do not line up, and chart texts too small to read. */
function misplaced() {
  const found = [];
  for (const table of document.querySelectorAll("table")) {
    const edges = {};
    for (const cell of table.querySelectorAll("td.num")) {
      if (!cell.textContent.trim()) continue;
      const inner = cell.firstElementChild;
      if (inner?.tagName !== "BDI" || getComputedStyle(inner).direction !== "ltr") found.push(`not isolated: ${cell.textContent}`);
      else if (cell.checkVisibility()) (edges[cell.cellIndex] ??= []).push(inner.getBoundingClientRect().right);
    }
    for (const column of Object.values(edges)) {
      if (Math.max(...column) - Math.min(...column) > 1) found.push(`digits do not line up: ${table.tHead.textContent}`);
    }
  }
  for (const svg of document.querySelectorAll("figure svg")) {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    for (const text of svg.querySelectorAll("text")) {
      const size = parseFloat(getComputedStyle(text).fontSize) * scale;
      if (size < 9) found.push(`${size.toFixed(1)} px in a chart: ${text.textContent}`);
    }
  }
  return found;
}

/** Looks at a page in every width and theme. */
async function look(browser, name) {
  for (const width of WIDTHS) {
    for (const theme of THEMES) {
      const { page, complaints, requests } = await open(browser, name, { width, theme });
      const where = `${name} at ${width} in ${theme}`;
      const own = requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"));
      assert.deepEqual(own, [], `${where} reaches for the network`);
      assert.equal(await page.$eval("html", (html) => `${html.dir} ${html.lang}`), "rtl ar", where);
      const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${where} is ${wide} pixels too wide`);
      assert.deepEqual(await page.evaluate(weakContrast), [], `${where}: weak contrast`);
      assert.deepEqual(await page.evaluate(misplaced), [], where);
      const dead = await page.$$eval("[aria-labelledby], label[for], a[href^='#']", (all) =>
        all
          .map((e) => e.getAttribute("aria-labelledby") || e.htmlFor || e.hash.slice(1))
          .filter((id) => !document.getElementById(id)),
      );
      assert.deepEqual(dead, [], `${where}: labels or links that lead nowhere`);
      const twice = await page.$$eval("[id]", (all) => {
        const ids = all.map((e) => e.id);
        return ids.filter((id, i) => ids.indexOf(id) !== i);
      });
      assert.deepEqual(twice, [], `${where}: ids that occur twice`);
      assert.deepEqual(complaints, [], where);
      // What is off the screen is not drawn; a picture of the whole page wants it all.
      await page.addStyleTag({ content: ".case { content-visibility: visible !important; }" });
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${theme}.png`), fullPage: true });
      await page.close();
    }
  }
}

/** Filters and sorts the list of errors. */
async function list(browser, name, ranked) {
  const { page, complaints } = await open(browser, name);
  const shown = () =>
    page.$$eval("#cases > li", (items) =>
      items.filter((item) => item.checkVisibility()).map((item) => ({
        ...item.dataset,
        words: item.querySelector(".words").textContent,
      })),
    );
  const count = () => page.$eval("#count bdi", (bdi) => bdi.textContent);
  const all = await shown();
  assert.ok(all.length > 5, `${name} lists ${all.length} errors`);
  assert.equal(await count(), `${all.length} / ${all.length}`);
  if (ranked) {
    const suspicion = all.map((item) => Number(item.suspicion));
    assert.deepEqual(suspicion, [...suspicion].sort((a, b) => b - a), "the likeliest annotation error comes first");
  }

  for (const field of ["kind", "type"]) {
    const values = await page.$$eval(`#${field} option`, (options) => options.map((o) => o.value).filter(Boolean));
    let sum = 0;
    for (const value of values) {
      await page.select(`#${field}`, value);
      const left = await shown();
      assert.ok(left.length > 0 && left.length <= all.length, `${field} ${value}: ${left.length}`);
      for (const item of left) {
        const has = field === "kind" ? [item.kind] : item.types.split("\t");
        assert.ok(has.includes(value), `${value} was asked for, ${has} shown`);
      }
      assert.equal(await count(), `${left.length} / ${all.length}`);
      sum += left.length;
    }
    assert.ok(sum >= all.length, `the values of ${field} cover all errors`);
    await page.select(`#${field}`, "");
  }

  // A name in another spelling is found: with harakat, a long alef with hamza, tatweel.
  const word = all.map((item) => item.words.match(/[ء-ي]*ا[ء-ي]{3,}/)?.[0]).find(Boolean);
  await page.type("#query", word.replace("ا", "أ").replace(/(.)$/, "\u0640$1\u064e"));
  const found = await shown();
  assert.ok(found.length > 0 && found.length < all.length, `${word}: ${found.length} of ${all.length}`);
  await page.$eval("#query", (input) => (input.value = ""));
  await page.type("#query", "لا توجد هذه الكلمات في أي مكان");
  assert.deepEqual(await shown(), []);
  await page.click("#filter button[type=reset]");
  await page.waitForFunction((n) => document.querySelector("#count bdi").textContent === n, {}, `${all.length} / ${all.length}`);

  for (const order of await page.$$eval("#order option", (options) => options.map((o) => o.value))) {
    await page.select("#order", order);
    const sorted = (await shown()).map((item) => item[order]);
    assert.equal(sorted.length, all.length);
    const numbers = ["length", "suspicion"].includes(order);
    const wrong = sorted.findIndex((value, i) => {
      if (i === 0) return false;
      return numbers ? Number(value) > Number(sorted[i - 1]) : value.localeCompare(sorted[i - 1], "en", { numeric: true }) < 0;
    });
    assert.equal(wrong, -1, `sorted by ${order}: ${sorted.slice(Math.max(0, wrong - 1), wrong + 1)}`);
  }
  await page.select("#order", "length");
  const longest = (await shown())[0].length;
  await page.click("#reverse");
  const shortest = (await shown())[0].length;
  assert.ok(Number(shortest) < Number(longest), `${shortest} after ${longest}`);
  await page.screenshot({ path: path.join(folder, `${name}-list.png`) });
  assert.deepEqual(complaints, [], name);
  await page.close();
}

/** Sorts a table, and reaches everything by keyboard. */
async function keyboard(browser, name) {
  const { page, complaints } = await open(browser, name);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop is the skip link");
  const reached = new Set();
  let n_sort_buttons = 0;
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (e === document.body) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(e);
      return {
        name: e.id || e.closest("[id]")?.id || e.tagName,
        sorts: e.matches("thead button"),
        outline: outlineStyle === "none" ? 0 : parseFloat(outlineWidth),
      };
    });
    if (!stop) break;
    reached.add(stop.name);
    n_sort_buttons += stop.sorts;
    assert.ok(stop.outline >= 2, `one cannot see that ${stop.name} has the focus`);
  }
  const n_heads = await page.$$eval("table.sortable thead th", (heads) => heads.length);
  assert.equal(n_sort_buttons, n_heads, "every heading has a button that Tab reaches");
  for (const id of ["tables", "query", "kind", "type", "order", "reverse"]) {
    assert.ok(reached.has(id), `${id} is not reached by Tab: ${[...reached]}`);
  }
  const column = (table) => [...table.tBodies[0].rows].map((row) => row.cells[3].textContent);
  const table = (await page.$$("table.sortable"))[0];
  const button = (await table.$$("thead button"))[3];
  const press = async () => {
    await button.focus();
    await page.keyboard.press("Enter");
  };
  const click = () => button.click();
  for (const [order, sign, sort] of [["descending", -1, press], ["ascending", 1, press], ["descending", -1, click]]) {
    await sort();
    assert.equal(await table.$eval("[aria-sort]", (head) => head.getAttribute("aria-sort")), order);
    const values = (await table.evaluate(column)).map(Number).filter((n) => !Number.isNaN(n));
    assert.deepEqual(values, [...values].sort((a, b) => sign * (a - b)), `${order} by the fourth column`);
  }
  assert.deepEqual(complaints, [], name);
  await page.close();
}

/** Without scripts everything is there; on paper too. */
async function plain(browser, name) {
  const { page } = await open(browser, name, { scripts: false });
  const state = await page.evaluate(() => ({
    cases: document.querySelectorAll("#cases > li").length,
    toolbar: getComputedStyle(document.getElementById("filter")).display,
  }));
  assert.ok(state.cases > 5 && state.toolbar === "none", JSON.stringify(state));
  const pdf = await page.pdf({ path: path.join(folder, `${name}.pdf`), format: "A4", printBackground: true });
  assert.ok(pdf.length > 20_000, `a PDF of ${pdf.length} bytes`);
  await page.close();
}

(async () => {
  const browser = await puppeteer.launch({
    executablePath: process.env.BROWSER_PATH,
    args: ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"],
  });
  try {
    for (const name of ["cross-validation", "evaluation", "explanation"]) await look(browser, name);
    await list(browser, "cross-validation", true);
    await list(browser, "evaluation", false);
    await keyboard(browser, "cross-validation");
    await plain(browser, "cross-validation");
  } finally {
    await browser.close();
  }
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
