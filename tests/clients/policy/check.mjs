// Names every change from the released schema to this one that breaks clients or may surprise them.
//   node policy/check.mjs RELEASED CURRENT ALLOWED
// ALLOWED is a JSON list of deliberate changes: { "type", "description", "reason" }, the first two as named here.
import { readFileSync } from "node:fs";
import { buildSchema, findBreakingChanges, findDangerousChanges } from "graphql";

/** What this schema changes, as { kind, type, description }: breaking changes, then dangerous ones. */
export function changes(released, current) {
  const [from, to] = [buildSchema(released), buildSchema(current)];
  const named = (kind) => (change) => ({ kind, type: String(change.type), description: change.description });
  return [
    ...findBreakingChanges(from, to).map(named("breaking")),
    ...findDangerousChanges(from, to).map(named("dangerous")),
  ];
}

/**
 * What is not allowed: breaking changes without an entry, entries without a reason, and entries that no change fits
 * any more. A new value of an enum or a new optional argument is told and stops nobody: clients are told to expect it.
 */
export function judge(found, allowed) {
  const fits = (entry) => (change) => entry.type === change.type && entry.description === change.description;
  const refused = found
    .filter((change) => change.kind === "breaking" && !allowed.some((entry) => fits(entry)(change)))
    .map((change) => `${change.type}: ${change.description}`);
  const unreasoned = allowed
    .filter((entry) => typeof entry.reason !== "string" || entry.reason.trim() === "")
    .map((entry) => `no reason is given for: ${entry.description}`);
  const idle = allowed
    .filter((entry) => !found.some(fits(entry)))
    .map((entry) => `no change fits the entry any more: ${entry.description}`);
  return [...refused, ...unreasoned, ...idle];
}

if (process.argv[1] === import.meta.filename) {
  const [released, current, allowed] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
  const found = changes(released, current);
  for (const change of found) console.log(`${change.kind}: ${change.type}: ${change.description}`);
  const faults = judge(found, JSON.parse(allowed));
  for (const fault of faults) console.error(`not allowed: ${fault}`);
  if (faults.length > 0) process.exit(1);
  console.log(`ok: the schema keeps what was released (${found.length} changes, none of them breaking without a reason)`);
}
