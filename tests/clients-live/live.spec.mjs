// Subscribes with the clients that others use: FORECOURT_URL=http://127.0.0.1:8080 node live.spec.mjs
// The gateway must be open, as it is when every vendor is the sandbox.
import assert from "node:assert/strict";

import { createClient as createStreams } from "graphql-sse";
import { createClient as createSockets } from "graphql-ws";
import WebSocket from "ws";

const url = process.env.FORECOURT_URL;
if (!url) throw new Error("set FORECOURT_URL to the address of a running gateway");
const graph = new URL("/graphql", url).href;
const VIN = "YV1ZWA8UDL1234507";
const ACTIVITY = `subscription ($vin: Vin!, $after: String) {
  vehicleActivity(vin: $vin, after: $after) { __typename cursor }
}`;

async function ask(query, variables) {
  const headers = { "content-type": "application/json" };
  const reply = await fetch(graph, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await reply.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

async function inspect() {
  const query = `mutation ($vin: String) { createInspection(input: {vin: $vin}) { inspection { id } userErrors { message } } }`;
  return (await ask(query, { vin: VIN })).createInspection.inspection.id;
}

/** Where the vehicle's timeline stands. */
async function newest() {
  const query = `query ($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline(first: 1) { nodes { cursor } } } }`;
  return (await ask(query, { vin: VIN })).vehicle.timeline.nodes[0].cursor;
}

/** The next inspection that was created; what becomes known of earlier ones, such as a status, may come before it. */
async function created(activity) {
  for (;;) {
    const { value, done } = await activity.next();
    assert.ok(!done && !value.errors, JSON.stringify(value));
    if (value.data.vehicleActivity.__typename === "InspectionCreated") return value.data.vehicleActivity.cursor;
  }
}

/** Checks a client; `iterate` runs an operation and gives its results. */
async function check(iterate) {
  const id = await inspect();
  const status = iterate({ query: "subscription ($id: ID!) { inspectionStatus(id: $id) { id status } }", variables: { id } });
  const first = await status.next();
  assert.deepEqual(first.value.data.inspectionStatus, { id, status: "CREATED" });
  await status.return();

  const activity = iterate({ query: ACTIVITY, variables: { vin: VIN, after: await newest() } });
  await inspect();
  const heard = await created(activity);
  await activity.return();

  // Who comes back with the last place hears what happened in between, once.
  await inspect();
  const again = iterate({ query: ACTIVITY, variables: { vin: VIN, after: heard } });
  assert.notEqual(await created(again), heard);
  await again.return();

  const query = iterate({ query: "{ vehicles(first: 1) { nodes { vin } } }" });
  assert.equal((await query.next()).value.data.vehicles.nodes.length, 1);
  assert.equal((await query.next()).done, true);
  await assert.rejects(iterate({ query: "{ nothing }" }).next());
}

const sockets = createSockets({ url: graph.replace(/^http/, "ws"), webSocketImpl: WebSocket, retryAttempts: 0, keepAlive: 1000 });
await check((operation) => sockets.iterate(operation));
await sockets.dispose();
console.log("ok  graphql-ws");

const streams = createStreams({ url: `${graph}/stream`, retryAttempts: 0 });
await check((operation) => streams.iterate(operation));
streams.dispose();
console.log("ok  graphql-sse");
