// Writes a picture of the joined car's answer: FORECOURT_URL=… node screenshot.mjs [FILE] [light|dark]
import { statSync } from "node:fs";
import { answer, launch, visit } from "./browser.mjs";

const LIMIT = 200 * 1024;
const [file = "graphiql.png", colorScheme = "light"] = process.argv.slice(2);

const browser = await launch();
try {
  // 1280 × 800 pixels in the file, and room for an answer from all three vendors.
  const { page } = await visit(browser, { colorScheme, viewport: { width: 1600, height: 1000 }, scale: 0.8 });
  // The first example runs by itself on a first visit.
  const joined = await answer(page);
  if (joined.errors) throw new Error(`the joined query has errors: ${JSON.stringify(joined.errors)}`);
  // Objects of one or two values take one line each, so that the picture reaches the third vendor.
  await page.evaluate(() => {
    const editor = document.querySelector(".graphiql-response .CodeMirror").CodeMirror;
    editor.eachLine((line) => {
      if (/"(make|model|variant|mileage)": \{$/.test(line.text)) editor.foldCode(line.lineNo());
    });
  });
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  const { size } = statSync(file);
  if (size > LIMIT) throw new Error(`${file} has ${size} bytes, more than ${LIMIT}`);
  console.log(`${file}: ${size} bytes`);
} finally {
  await browser.close();
}
