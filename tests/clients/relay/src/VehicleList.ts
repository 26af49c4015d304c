// What a Relay client asks for: a connection that grows, a fragment that is fetched again, and a thing by its id.
import { graphql } from "relay-runtime";

export const query = graphql`
  query VehicleListQuery($count: Int!, $cursor: String, $vin: Vin!) {
    ...VehicleList_vehicles @arguments(count: $count, cursor: $cursor)
    vehicle(by: { vin: $vin }) {
      ...VehicleList_card
    }
  }
`;

export const list = graphql`
  fragment VehicleList_vehicles on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "VehicleListPageQuery") {
    vehicles(first: $count, after: $cursor) @connection(key: "VehicleList_vehicles") {
      edges {
        node {
          id
          vin
          lastActivityAt
        }
      }
    }
  }
`;

export const card = graphql`
  fragment VehicleList_card on Vehicle
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "VehicleListCardQuery") {
    vin
    licensePlate
    inspections(first: $count, after: $cursor) @connection(key: "VehicleList_inspections") {
      edges {
        node {
          id
          status
        }
      }
    }
  }
`;
