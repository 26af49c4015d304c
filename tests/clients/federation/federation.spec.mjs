// Composes the gateway's graph with that of a workshop, and asks both through a gateway of a federation.
import assert from "node:assert/strict";
import { composeServices } from "@apollo/composition";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { parse } from "graphql";
import { ask, data } from "../graphql.mjs";
import * as workshop from "./workshop.mjs";

const VOLVO = "YV1ZWA8UDL1234507";
const MERCEDES = "WDD7Y24F0JA163352";
const UNKNOWN = "ZZZZZZZZZZZ000000";
const APPOINTMENTS = [
  { id: "1", day: "2026-12-01", work: "Winter tyres", vin: VOLVO },
  { id: "2", day: "2026-12-02", work: "Brakes", vin: MERCEDES },
  { id: "3", day: "2026-12-03", work: "Oil", vin: VOLVO },
];
const MALFORMED = { id: "4", day: "2026-12-04", work: "Paint", vin: "not a VIN" };
const NEVER_SEEN = { id: "5", day: "2026-12-05", work: "Glass", vin: UNKNOWN };

const forecourt = `${process.env.FORECOURT_URL}/graphql`;

const { _service: service } = await data(forecourt, "{ _service { sdl } }");

function compose(sdl, workshopUrl) {
  const { supergraphSdl, errors, hints } = composeServices([
    { name: "forecourt", url: forecourt, typeDefs: parse(sdl) },
    { name: "workshop", url: workshopUrl, typeDefs: parse(workshop.sdl) },
  ]);
  assert.deepEqual(errors?.map((error) => error.message) ?? [], []);
  const warnings = hints.filter((hint) => hint.definition.level.name === "WARN");
  assert.deepEqual(warnings.map((hint) => hint.message), []);
  return supergraphSdl;
}

const scoped = compose(service.sdl.replace('import: [', 'import: ["@requiresScopes", '), "http://127.0.0.1:1");
assert.match(scoped, /specs\.apollo\.dev\/requiresScopes/);
console.log("ok: the graph composes with another, also for a gateway that enforces its scopes");

/** Runs `work` with the address of a gateway over both graphs. */
async function throughGateway(appointments, work) {
  const second = await workshop.serve(appointments);
  const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl: compose(service.sdl, second.url) }) });
  try {
    const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
    await work(url);
  } finally {
    await server.stop();
    await second.stop();
  }
}

const FROM_APPOINTMENTS = `{
  appointments { nodes { id work vehicle { vin make { name } activeTicket { number } inspections { nodes { tokenUid } } } } }
}`;

await throughGateway(APPOINTMENTS, async (url) => {
  const there = await data(url, FROM_APPOINTMENTS);
  const makes = there.appointments.nodes.map((one) => [one.id, one.vehicle.vin, one.vehicle.make.name]);
  assert.deepEqual(makes, [["1", VOLVO, "Volvo"], ["2", MERCEDES, "Mercedes-Benz"], ["3", VOLVO, "Volvo"]]);
  assert.deepEqual(there.appointments.nodes[0].vehicle, there.appointments.nodes[2].vehicle);
  console.log("ok: appointments of another graph bring what this one knows of their vehicles");

  const back = await data(
    url,
    "query($vin: Vin!) { vehicle(by: { vin: $vin }) { vin make { name } appointments { day work vehicle { licensePlate } } } }",
    { vin: VOLVO },
  );
  assert.equal(back.vehicle.make.name, "Volvo");
  assert.deepEqual(back.vehicle.appointments.map((one) => [one.day, one.work]), [
    ["2026-12-01", "Winter tyres"],
    ["2026-12-03", "Oil"],
  ]);
  console.log("ok: a vehicle of this graph brings the appointments of the other");
});

await throughGateway([...APPOINTMENTS, MALFORMED, NEVER_SEEN], async (url) => {
  const answer = await ask(url, FROM_APPOINTMENTS);
  const makes = answer.data.appointments.nodes.map((one) => [one.id, one.vehicle.vin, one.vehicle.make?.name ?? null]);
  assert.deepEqual(makes, [
    ["1", VOLVO, "Volvo"],
    ["2", MERCEDES, "Mercedes-Benz"],
    ["3", VOLVO, "Volvo"],
    ["4", "not a VIN", null],
    ["5", UNKNOWN, null],
  ]);
  assert.deepEqual(answer.errors.map((error) => [error.message, error.extensions.code]), [
    ["`representations[3]` cannot be read: `vin` is not a VIN", "BAD_INPUT"],
  ]);
  console.log("ok: a vehicle that cannot be read is null with an error, and the others stand");
});
