// A little client with the generated types: it compiles only while these say what the examples ask for.
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { CreateInspectionDocument, ThingDocument, VehicleDocument, VehiclesDocument } from "../generated/graphql.js";
import type { CreateInspectionInput, VehicleRowFragment, VehiclesQuery } from "../generated/graphql.js";

const url = `${process.env.FORECOURT_URL}/graphql`;

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const body = JSON.stringify({ query: print(document), variables });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const answer = (await response.json()) as { data: Data; errors?: { message: string }[] };
  if (answer.errors) throw new Error(answer.errors.map((error) => error.message).join("; "));
  return answer.data;
}

async function everyVehicle(make: string): Promise<VehicleRowFragment[]> {
  const rows: VehicleRowFragment[] = [];
  let after: string | null | undefined;
  do {
    const data: VehiclesQuery = await ask(VehiclesDocument, { first: 5, after, filter: { make } });
    rows.push(...(data.vehicles?.nodes ?? []));
    after = data.vehicles?.pageInfo.hasNextPage ? data.vehicles.pageInfo.endCursor : undefined;
  } while (after);
  return rows;
}

const rows = await everyVehicle("volvo");
const vin: string | undefined = rows[0]?.vin;
if (vin === undefined) throw new Error("no vehicle is known");
const { vehicle } = await ask(VehicleDocument, { vin });
if (vehicle?.make?.name?.toLowerCase() !== "volvo") throw new Error(`${vin} is no Volvo: ${JSON.stringify(vehicle)}`);

const input: CreateInspectionInput = { vin, idempotencyKey: `client-${vin}` };
const { createInspection: created } = await ask(CreateInspectionDocument, { input });
if (created?.inspection == null) throw new Error(JSON.stringify(created?.userErrors));
const { node } = await ask(ThingDocument, { id: created.inspection.id });
if (node?.__typename !== "Inspection") throw new Error(`the new inspection is a ${node?.__typename}`);

// @ts-expect-error a query without its variables does not compile
const incomplete = () => ask(VehicleDocument, {});
void incomplete;
console.log(`ok: a typed client has read ${rows.length} vehicles and created an inspection`);
