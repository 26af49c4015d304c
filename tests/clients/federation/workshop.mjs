// A second subgraph, as another team would write it: the appointments of a workshop, which name vehicles by VIN.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";

export const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])

  scalar Vin

  type Appointment @key(fields: "id") {
    id: ID!
    day: String!
    work: String!
    vehicle: Vehicle!
  }

  type AppointmentConnection {
    nodes: [Appointment!]!
    pageInfo: PageInfo!
  }

  type PageInfo @shareable {
    endCursor: String
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
  }

  type Vehicle @key(fields: "vin") {
    vin: Vin!
    appointments: [Appointment!]!
  }

  type Query {
    appointments: AppointmentConnection!
  }
`;

const resolversOf = (appointments) => ({
  Query: {
    appointments: () => ({
      nodes: appointments,
      pageInfo: { endCursor: null, hasNextPage: false, hasPreviousPage: false, startCursor: null },
    }),
  },
  Appointment: {
    __resolveReference: ({ id }) => appointments.find((appointment) => appointment.id === id),
    vehicle: ({ vin }) => ({ vin }),
  },
  Vehicle: {
    __resolveReference: ({ vin }) => ({ vin }),
    appointments: ({ vin }) => appointments.filter((appointment) => appointment.vin === vin),
  },
});

/** Serves these appointments; gives the address and what stops the server. */
export async function serve(appointments) {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolversOf(appointments) });
  const server = new ApolloServer({ schema });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
  return { url, stop: () => server.stop() };
}
