// Writes the licence texts of everything inside GraphiQL's bundle to standard output.
// Call: node licences.mjs FOLDER, where FOLDER holds the unpacked `graphiql` and an installed `node_modules`.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const map = JSON.parse(readFileSync(join(folder, "graphiql/graphiql.min.js.map"), "utf8"));

// Packages of GraphiQL's own repository appear under their folder name there.
const siblings = {
  "codemirror-graphql": "codemirror-graphql",
  "graphiql-plugin-doc-explorer": "@graphiql/plugin-doc-explorer",
  "graphiql-plugin-history": "@graphiql/plugin-history",
  "graphiql-react": "@graphiql/react",
  "graphiql-toolkit": "@graphiql/toolkit",
  "graphql-language-service": "graphql-language-service",
};

function packageOf(source) {
  const at = source.lastIndexOf("node_modules/");
  if (at >= 0) {
    const [first, second] = source.slice(at + "node_modules/".length).split("/");
    return first.startsWith("@") ? `${first}/${second}` : first;
  }
  const sibling = source.split("/").find((part) => part !== "..");
  return siblings[sibling] ?? "graphiql";
}

// The last two are the fonts inside the style sheet.
const names = new Set([...map.sources.map(packageOf), "react", "react-dom", "scheduler"]);
names.add("@fontsource/roboto").add("@fontsource/fira-code");

const byText = new Map();
for (const name of [...names].sort()) {
  const home = join(folder, "node_modules", name);
  if (!existsSync(home)) throw new Error(`${name} is in the bundle but not installed: add it to renew.sh`);
  const { license } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const file = readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(home, file), "utf8").replace(/\r/g, "").trim() : `${license} (the package carries no text)`;
  byText.set(text, [...(byText.get(text) ?? []), `${name} (${license})`]);
}

const parts = [...byText].map(([text, packages]) => `${packages.join("\n")}\n\n${text}\n`);
process.stdout.write(`Licences of the software inside this gateway's GraphiQL page\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`);
