// The check itself: it names what breaks, and lets pass what does not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse, print, visit } from "graphql";
import { changes, judge } from "./check.mjs";

const RELEASED = `
  type Query { car(vin: String, plate: String): Car  cars(first: Int! = 20): [Car!] }
  type Car { vin: String!  make: String  colour: String }
  enum State { OPEN CLOSED }
  input NewCar { vin: String!  plate: String }
  type Mutation { create(input: NewCar!): State }
`;

const CASES = [
  ["a removed field", "colour: String", "", ["FIELD_REMOVED"]],
  ["another type of a field", "make: String", "make: Int", ["FIELD_CHANGED_KIND"]],
  ["a field that may become null", "type Car { vin: String!", "type Car { vin: String", ["FIELD_CHANGED_KIND"]],
  ["an input that may no longer be null", "plate: String }", "plate: String! }", ["FIELD_CHANGED_KIND"]],
  ["a new required input", "plate: String }", "plate: String  make: String! }", ["REQUIRED_INPUT_FIELD_ADDED"]],
  ["a removed input", "plate: String }", "}", ["FIELD_REMOVED"]],
  ["a removed argument", "(vin: String, plate: String)", "(vin: String)", ["ARG_REMOVED"]],
  ["a new required argument", "(vin: String,", "(by: String!, vin: String,", ["REQUIRED_ARG_ADDED"]],
  ["a removed value", "OPEN CLOSED", "OPEN", ["VALUE_REMOVED_FROM_ENUM"]],
  ["a removed type", "enum State { OPEN CLOSED }", "scalar State", ["TYPE_CHANGED_KIND"]],
  ["another default", "first: Int! = 20", "first: Int! = 50", [], ["ARG_DEFAULT_VALUE_CHANGE"]],
  ["a new value", "OPEN CLOSED", "OPEN CLOSED LOST", [], ["VALUE_ADDED_TO_ENUM"]],
  ["a new optional input", "plate: String }", "plate: String  make: String }", [], ["OPTIONAL_INPUT_FIELD_ADDED"]],
  ["a new field", "colour: String", "colour: String  doors: Int", [], []],
  ["a field that is no longer null", "make: String", "make: String!", [], []],
  ["a deprecation", "colour: String", 'colour: String @deprecated(reason: "use paint")', [], []],
];

for (const [what, before, after, breaking, dangerous = []] of CASES) {
  assert.ok(RELEASED.includes(before), what);
  const found = changes(RELEASED, RELEASED.replace(before, after));
  const of = (kind) => found.filter((change) => change.kind === kind).map((change) => change.type);
  assert.deepEqual([of("breaking"), of("dangerous")], [breaking, dangerous], what);
  assert.equal(judge(found, []).length, breaking.length, what);
}

const removed = changes(RELEASED, RELEASED.replace("colour: String", ""));
const entry = { type: "FIELD_REMOVED", description: "Car.colour was removed." };
assert.deepEqual(judge(removed, []), ["FIELD_REMOVED: Car.colour was removed."]);
assert.deepEqual(judge(removed, [{ ...entry, reason: "no vendor tells it" }]), []);
assert.deepEqual(judge(removed, [entry]), ["no reason is given for: Car.colour was removed."]);
assert.deepEqual(judge([], [{ ...entry, reason: "no vendor tells it" }]), [
  "no change fits the entry any more: Car.colour was removed.",
]);
// The same in the real schema, whose text is given.
const real = readFileSync(process.argv[2], "utf8");
const without = visit(parse(real), {
  ObjectTypeDefinition: (type) =>
    type.name.value === "Vehicle" ? { ...type, fields: type.fields.filter(({ name }) => name.value !== "vin") } : undefined,
});
assert.deepEqual(judge(changes(real, print(without)), []), ["FIELD_REMOVED: Vehicle.vin was removed."]);

console.log(`ok: the check of the schema names what breaks (${CASES.length} changes tried)`);
