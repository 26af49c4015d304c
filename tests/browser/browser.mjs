// Opens the gateway's page in Chromium and records what must not happen on it.
import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where the gateway listens: `FORECOURT_URL`, such as `http://127.0.0.1:8080/`. */
export function gatewayUrl() {
  const url = process.env.FORECOURT_URL;
  if (!url) throw new Error("set FORECOURT_URL to the address of a running gateway");
  return new URL("/", url).href;
}

/** Starts Chromium: the system's, or that of `CHROMIUM`. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ARGUMENTS });
}

/**
 * Opens the page as a first visitor would and waits for the editor.
 *
 * `prepare` may change the page before it loads. `seen` collects while the page lives: every request's address, and in `faults` each console error, refused
 * resource and uncaught exception.
 */
export async function visit(browser, { colorScheme = "light", viewport = { width: 1280, height: 800 }, scale = 1, prepare } = {}) {
  const context = await browser.newContext({ colorScheme, viewport, deviceScaleFactor: scale, reducedMotion: "reduce" });
  const page = await context.newPage();
  const seen = { requests: [], faults: [], policy: null };
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error") seen.faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => seen.faults.push(`exception: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });
  await prepare?.(page);
  const reply = await page.goto(gatewayUrl(), { waitUntil: "networkidle" });
  seen.policy = reply.headers()["content-security-policy"] ?? null;
  await page.locator(".graphiql-query-editor .CodeMirror").waitFor();
  return { page, seen };
}

/** The text of the answer pane once it is complete JSON, parsed. */
export async function answer(page) {
  const handle = await page.waitForFunction(() => {
    const editor = document.querySelector(".graphiql-response .CodeMirror")?.CodeMirror;
    if (!editor || document.querySelector(".graphiql-response .graphiql-spinner")) return null;
    try {
      return JSON.parse(editor.getValue());
    } catch {
      return null;
    }
  });
  return handle.jsonValue();
}

/** Empties the answer pane, so that the next `answer` is a new one. */
export function clearAnswer(page) {
  return page.evaluate(() => document.querySelector(".graphiql-response .CodeMirror").CodeMirror.setValue(""));
}

/** Presses the run button and returns the answer. */
export async function run(page) {
  await clearAnswer(page);
  await page.locator(".graphiql-execute-button").click();
  // A document of several operations would open a menu; the examples hold one each.
  return answer(page);
}
