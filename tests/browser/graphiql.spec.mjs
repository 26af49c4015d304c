// Checks the page on `/` in a real browser: FORECOURT_URL=http://127.0.0.1:8080 node graphiql.spec.mjs
// The gateway must be open, as it is when every vendor is the sandbox. SHOTS=FOLDER keeps pictures.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { answer, clearAnswer, gatewayUrl, launch, run, visit } from "./browser.mjs";

const ORIGIN = new URL(gatewayUrl()).origin;
const FIRST_VIN = "YV1ZWA8UDL1234507";

async function readExamples() {
  const reply = await fetch(new URL("/graphiql/examples.json", gatewayUrl()));
  assert.equal(reply.status, 200);
  const examples = await reply.json();
  const name = /^(?:query|mutation)\s+(\w+)/m;
  return examples.map(({ query, variables }) => ({ name: name.exec(query)[1], query, variables }));
}

async function shoot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`), animations: "disabled" });
}

const activeTab = (page) => page.locator(".graphiql-tab-active .graphiql-tab-button").textContent();
const tabNames = (page) => page.locator(".graphiql-tab-button").allTextContents();
const setEditor = (page, part, text) =>
  page.evaluate(([selector, value]) => document.querySelector(selector).CodeMirror.setValue(value), [`${part} .CodeMirror`, text]);
const stored = (page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

const TABLE_BUTTON = "Show as table";

/** Presses the button and waits until the dialog says how the table ended. */
async function openTable(page) {
  await page.locator(`[aria-label="${TABLE_BUTTON}"]`).click();
  await page.locator("#table-ending[data-outcome]").waitFor();
}

/** Presses a button for download; the file's name and bytes. */
async function download(page, format) {
  const begun = page.waitForEvent("download");
  await page.locator(`#table [data-format=${format}]`).click();
  const file = await begun;
  await page.locator("#table-told", { hasText: file.suggestedFilename() }).waitFor();
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Every `userErrors` in an answer, however deep. */
function userErrors(value) {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === "userErrors" ? inner : userErrors(inner)));
}

const checks = {
  async "the first visit shows the joined car, from this host only"(browser) {
    const examples = await readExamples();
    const { page, seen } = await visit(browser);
    assert.match(await page.title(), /Forecourt/);
    assert.deepEqual(await tabNames(page), examples.map(({ name }) => name));
    assert.equal(await activeTab(page), examples[0].name);
    const joined = await answer(page);
    assert.equal(joined.errors, undefined, JSON.stringify(joined.errors));
    assert.equal(joined.data.vehicle.vin, FIRST_VIN);
    assert.match(await page.locator(".graphiql-response").innerText(), new RegExp(FIRST_VIN));
    assert.ok(await page.locator("#notice").isHidden());
    await shoot(page, "light");
    noForeignRequest(seen);
    assert.deepEqual(seen.faults, []);
  },

  async "the policy allows nothing beyond this host, no inline script and no evaluation"(browser) {
    const { seen } = await visit(browser);
    assert.match(seen.policy, /default-src 'none'/);
    assert.match(seen.policy, /script-src 'self';/);
    assert.doesNotMatch(seen.policy, /unsafe|\*|https?:/);
  },

  async "a subscription shows each event as it comes"(browser) {
    const { page, seen } = await visit(browser);
    await answer(page);
    await clearAnswer(page);
    // All in one turn of the page: GraphiQL has not taken note of the text when the button is pressed.
    await page.evaluate((variables) => {
      const editor = (selector) => document.querySelector(`${selector} .CodeMirror`).CodeMirror;
      editor(".graphiql-editor-tool").setValue(variables);
      editor(".graphiql-query-editor").setValue("subscription Activity($vin: Vin!) { vehicleActivity(vin: $vin) { __typename } }");
      document.querySelector(".graphiql-execute-button").click();
    }, JSON.stringify({ vin: FIRST_VIN }));
    // Until the subscription runs, the cars that are inspected here may be early; one of them comes after it.
    const query = `mutation { createInspection(input: {vin: "${FIRST_VIN}"}) { userErrors { message } } }`;
    let shown = null;
    for (let tries = 0; tries < 50 && !shown; tries += 1) {
      const headers = { "content-type": "application/json" };
      await fetch(new URL("/graphql", gatewayUrl()), { method: "POST", headers, body: JSON.stringify({ query }) });
      shown = await page
        .waitForFunction(
          () => document.querySelector(".graphiql-response .CodeMirror").CodeMirror.getValue().includes("InspectionCreated"),
          null,
          { timeout: 500 },
        )
        .catch(() => null);
    }
    assert.ok(shown, "the event is shown");
    assert.deepEqual(seen.faults, []);
  },

  async "every example runs without errors"(browser) {
    const examples = await readExamples();
    const { page, seen } = await visit(browser);
    await answer(page);
    for (const { name } of examples) {
      await page.locator(".graphiql-tab-button", { hasText: name }).first().click();
      const result = await run(page);
      assert.equal(result.errors, undefined, `${name}: ${JSON.stringify(result.errors)}`);
      assert.deepEqual(userErrors(result), [], name);
    }
    noForeignRequest(seen);
    assert.deepEqual(seen.faults, []);
  },

  async "a header is sent with the request and not stored"(browser) {
    const { page, seen } = await visit(browser);
    await answer(page);
    await page.locator("[data-name=headers]").click();
    await shoot(page, "headers");
    await setEditor(page, "[aria-label=Headers] .graphiql-editor:not(.hidden)", '{"X-Browser-Test": "seldom-seen-value"}');
    const sent = page.waitForRequest((request) => request.url().endsWith("/graphql"));
    await run(page);
    const headers = await (await sent).allHeaders();
    assert.equal(headers["x-browser-test"], "seldom-seen-value");
    assert.match(headers.accept, /application\/graphql-response\+json/);
    // The editor writes its tabs a little later than it changes them; this change tells when.
    await setEditor(page, ".graphiql-query-editor", "# written later\n{ __typename }");
    await page.waitForFunction(() => localStorage.getItem("forecourt:graphiql:tabState")?.includes("written later"));
    assert.doesNotMatch(await stored(page), /seldom-seen-value/);
    assert.deepEqual(seen.faults, []);
  },

  async "a visitor's tabs are kept, and nothing runs by itself the second time"(browser) {
    const examples = await readExamples();
    const { page, seen } = await visit(browser);
    await answer(page);
    await page.locator(".graphiql-tab-button").nth(1).click();
    await page.waitForFunction(() => JSON.parse(localStorage.getItem("forecourt:graphiql:tabState"))?.activeTabIndex === 1);
    for (let visits = 0; visits < 2; visits += 1) {
      seen.requests.length = 0;
      await page.reload({ waitUntil: "networkidle" });
      assert.deepEqual(await tabNames(page), examples.map(({ name }) => name));
      assert.equal(await activeTab(page), examples[1].name);
      assert.equal(seen.requests.filter((url) => url.endsWith("/graphql")).length, 1, "only the schema is asked for");
    }
    const own = "query MyOwn { __typename }";
    await page.locator(".graphiql-tab-add").click();
    await setEditor(page, ".graphiql-query-editor", own);
    await page.waitForFunction(() => localStorage.getItem("forecourt:graphiql:tabState")?.includes("MyOwn"));
    await page.reload({ waitUntil: "networkidle" });
    assert.deepEqual(await tabNames(page), [...examples.map(({ name }) => name), "MyOwn"]);
    assert.equal(await page.evaluate(() => document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror.getValue()), own);
    assert.deepEqual(seen.faults, []);
  },

  async "the joined car is shown as a table and downloaded"(browser) {
    const { page, seen } = await visit(browser);
    await answer(page);
    const sent = page.waitForRequest((request) => request.url().endsWith("/graphql?limit=1000"));
    await openTable(page);
    assert.equal((await (await sent).allHeaders()).accept, "application/x-ndjson");
    assert.equal(await page.locator("#table-heading").textContent(), "JoinedCar");
    const names = await page.locator("#table-rows th").allTextContents();
    assert.deepEqual(names.slice(0, 2), ["vehicle_vin", "vehicle_licensePlate"]);
    const shown = await page.locator("#table-rows tbody tr").count();
    assert.ok(shown > 0, "there are rows");
    assert.equal(await page.locator("#table-rows tbody td").first().textContent(), FIRST_VIN);
    assert.match(await page.locator("#table-ending").textContent(), new RegExp(`^COMPLETE: ${shown} rows?$`));
    await shoot(page, "table");

    const csv = await download(page, "csv");
    assert.equal(csv.name, "JoinedCar.csv");
    const lines = csv.bytes.toString("utf8").trimEnd().split(/\r?\n/);
    assert.equal(lines[0], names.join(","));
    assert.equal(lines.length, shown + 1);
    const xlsx = await download(page, "xlsx");
    assert.deepEqual([xlsx.name, xlsx.bytes.toString("latin1", 0, 2)], ["JoinedCar.xlsx", "PK"]);
    const parquet = await download(page, "parquet");
    assert.deepEqual([parquet.name, parquet.bytes.toString("latin1", 0, 4)], ["JoinedCar.parquet", "PAR1"]);
    assert.match(await page.locator("#table-told").textContent(), new RegExp(`COMPLETE, ${shown} row`));

    await page.keyboard.press("Escape");
    await page.locator("#table").waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), TABLE_BUTTON);
    noForeignRequest(seen);
    assert.deepEqual(seen.faults, []);
  },

  async "a document that gives no table is refused in the gateway's words"(browser) {
    const { page } = await visit(browser);
    await answer(page);
    const refused = async (query) => {
      await setEditor(page, ".graphiql-query-editor", query);
      await openTable(page);
      assert.equal(await page.locator("#table-ending").textContent(), "This gives no table.");
      assert.equal(await page.locator("#table button[data-format]:enabled").count(), 0);
      const said = await page.locator("#table-faults").innerText();
      await page.locator("#table-close").click();
      return said;
    };
    const several = "{ vehicles(first: 1) { nodes { vin } } listings(first: 1) { nodes { internalId } } }";
    assert.match(await refused(several), /BAD_INPUT.*vehicles.*listings/s);
    assert.match(await refused("subscription { connectionStatus { __typename } }"), /\w/);
    assert.match(await refused("{ vehicles { nodes { nonsense } } }"), /nonsense/);
    await setEditor(page, ".graphiql-editor-tool", "{ not JSON");
    await openTable(page);
    assert.match(await page.locator("#table-faults").innerText(), /the variables are not JSON/);
  },

  async "a long table shows its first rows and says that there are more; dark and narrow"(browser) {
    const lines = Array.from({ length: 1000 }, (_, index) => JSON.stringify({ vin: `<b>${index}</b>`, none: null, list: [index] }));
    const fault = { code: "VENDOR_TIMEOUT", vendor: "TCHEK", path: "vehicles.3", message: "no answer", losesRows: true };
    const whole = (outcome, faults) => [...lines, JSON.stringify({ "@forecourt": { outcome, rows: 1000, faults } })].join("\n");
    const { page, seen } = await visit(browser, { colorScheme: "dark", viewport: { width: 600, height: 700 } });
    await answer(page);
    for (const [outcome, faults] of [["CAPPED", []], ["INCOMPLETE", [fault]]]) {
      const body = whole(outcome, faults);
      await page.route("**/graphql?limit=1000", (route) => route.fulfill({ contentType: "application/x-ndjson", body }));
      await openTable(page);
      assert.match(await page.locator("#table-ending").textContent(), new RegExp(`^${outcome}: first 200 of 1000 rows`));
      assert.equal(await page.locator("#table-rows tbody tr").count(), 200);
      assert.deepEqual(await page.locator("#table-rows tbody tr").first().locator("td").allTextContents(), ["<b>0</b>", "", "[0]"]);
      assert.equal(await page.locator("#table-faults li").count(), faults.length);
      await shoot(page, `table-${outcome}`);
      const { x, width } = await page.locator("#table").boundingBox();
      assert.ok(x >= 0 && x + width <= 600, "the dialog fits the window");
      await page.keyboard.press("Escape");
      await page.unroute("**/graphql?limit=1000");
    }
    assert.deepEqual(seen.faults, []);
  },

  async "dialogs, documentation, history, completion and hints obey the policy"(browser) {
    const { page, seen } = await visit(browser);
    await answer(page);
    for (const label of ["Open settings dialog", "Open short keys dialog"]) {
      await page.locator(`[aria-label="${label}"]`).click();
      await page.locator(".graphiql-dialog").waitFor();
      await shoot(page, label.split(" ")[1]);
      await page.keyboard.press("Escape");
      await page.locator(".graphiql-dialog").waitFor({ state: "detached" });
    }
    await page.locator(".forecourt-line button").click();
    await page.locator(".graphiql-doc-explorer").waitFor();
    await page.locator(".graphiql-doc-explorer a", { hasText: /^Query$/ }).first().click();
    await page.locator(".graphiql-doc-explorer", { hasText: "vehicle" }).waitFor();
    await shoot(page, "documentation");
    await page.locator('[aria-label="Show History"]').click();
    await page.locator(".graphiql-history").waitFor();
    await page.locator(".graphiql-history-item-label").first().waitFor();
    await page.locator('[aria-label="Hide History"]').click();

    await setEditor(page, ".graphiql-query-editor", "{ vehicles { nodes { nonsense  } } }");
    await page.locator(".CodeMirror-lint-mark-error").first().waitFor();
    await page.locator(".CodeMirror-lint-mark-error").first().hover();
    await page.locator(".CodeMirror-lint-tooltip").waitFor();
    await page.evaluate(() => {
      const editor = document.querySelector(".graphiql-query-editor .CodeMirror").CodeMirror;
      editor.setValue("{  }");
      editor.setCursor(0, 2);
      editor.focus();
    });
    await page.keyboard.type("veh");
    await page.locator(".CodeMirror-hints", { hasText: "vehicles" }).waitFor();
    await shoot(page, "completion");
    await page.keyboard.press("Escape");
    await page.locator(".cm-property, .cm-def, .cm-attribute").first().hover();

    const link = page.locator(".forecourt-line a");
    const sdl = await fetch(new URL(await link.getAttribute("href"), gatewayUrl()));
    assert.equal(sdl.status, 200);
    assert.match(await sdl.text(), /type Query/);
    noForeignRequest(seen);
    assert.deepEqual(seen.faults, []);
  },

  async "light and dark follow the system and the visitor's own choice"(browser) {
    const lightness = (page) =>
      page.evaluate(() => {
        const numbers = getComputedStyle(document.querySelector(".graphiql-container")).backgroundColor.match(/\d+/g);
        return Math.max(...numbers.slice(0, 3).map(Number));
      });
    const { page, seen } = await visit(browser, { colorScheme: "dark" });
    await answer(page);
    assert.ok((await lightness(page)) < 100, "dark by the system");
    await shoot(page, "dark");
    await page.locator('[aria-label="Open settings dialog"]').click();
    await page.locator(".graphiql-dialog button", { hasText: "Light" }).click();
    await page.keyboard.press("Escape");
    assert.ok((await lightness(page)) > 200, "light by choice");
    await page.reload({ waitUntil: "networkidle" });
    assert.ok((await lightness(page)) > 200, "the choice is kept");
    assert.deepEqual(seen.faults, []);
  },

  async "a missing key is asked for and then used, in all tabs, without storing it"(browser) {
    const keys = [];
    const { page } = await visit(browser, {
      prepare: (page) =>
        page.route("**/graphql", (route) => {
          const { authorization, ...headers } = route.request().headers();
          keys.push(authorization ?? null);
          if (authorization === "Bearer right") return route.continue({ headers });
          const body = { errors: [{ message: "no session", extensions: { code: "UNAUTHENTICATED" } }] };
          return route.fulfill({ status: 401, contentType: "application/graphql-response+json", body: JSON.stringify(body) });
        }),
    });
    const notice = page.locator("#notice");
    assert.match(await notice.innerText(), /wants an API key/);
    await shoot(page, "key");
    const enter = async (key) => {
      await page.locator("#notice-key-input").fill(key);
      await page.keyboard.press("Enter");
    };
    await enter("wrong");
    await page.locator("#notice", { hasText: "does not accept" }).waitFor();
    await enter("right");
    await notice.waitFor({ state: "hidden" });
    // Now the schema can be read, and with it the first example runs.
    assert.equal((await answer(page)).data.vehicle.vin, FIRST_VIN);
    await page.locator(".graphiql-tab-button").nth(1).click();
    assert.equal((await run(page)).errors, undefined);
    assert.deepEqual([...new Set(keys)], [null, "Bearer wrong", "Bearer right"]);
    await page.waitForFunction(() => JSON.parse(localStorage.getItem("forecourt:graphiql:tabState"))?.activeTabIndex === 1);
    assert.doesNotMatch(await stored(page), /wrong|right/);
  },

  async "a graph that cannot be reached, or is not one, is said clearly"(browser) {
    const { page } = await visit(browser);
    await answer(page);
    await page.route("**/graphql", (route) => route.abort("connectionrefused"));
    assert.match((await run(page)).errors[0].message, /cannot be reached/);
    assert.match(await page.locator("#notice").innerText(), /cannot be reached/);
    await shoot(page, "unreachable");
    await page.unroute("**/graphql");
    await page.locator("#notice-again").click();
    await page.locator("#notice").waitFor({ state: "hidden" });

    await page.route("**/graphql", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }));
    const [error] = (await run(page)).errors;
    assert.equal(error.extensions.status, 502);
    assert.match(error.extensions.body, /Bad gateway/);
    assert.match(await page.locator("#notice").innerText(), /status 502/);
  },

  async "a narrow window keeps everything in reach"(browser) {
    const { page, seen } = await visit(browser, { viewport: { width: 760, height: 700 } });
    await answer(page);
    await shoot(page, "narrow");
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 760, `the page is ${width} wide`);
    assert.ok(await page.locator(".forecourt-line").isVisible());
    assert.deepEqual(seen.faults, []);
  },
};

function noForeignRequest({ requests }) {
  assert.ok(requests.length > 5, "requests were recorded");
  const foreign = requests.filter((url) => !url.startsWith(`${ORIGIN}/`) && !url.startsWith("data:"));
  assert.deepEqual(foreign, []);
}

const wanted = process.argv[2] ?? "";
const browser = await launch();
let failed = 0;
try {
  for (const [name, check] of Object.entries(checks).filter(([name]) => name.includes(wanted))) {
    try {
      await check(browser);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.error(`FAILED  ${name}\n${error.stack}\n`);
    }
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
} finally {
  await browser.close();
}
process.exitCode = failed > 0 ? 1 : 0;
