/**
 * Compares what the simulator billed with what stands in ClickHouse: tokens to the unit, costs to the
 * digit.
 */
import { expect } from "expect";
import type { Bill } from "@/tools/simulator/contract.ts";
import type { Row } from "./installation.ts";
import { listCost } from "./prices.ts";

/** One row for each bill, in the same order. Both are given in the order of the calls. */
export function expectRowsToAgree(rows: readonly Row[], bills: readonly Bill[]): void {
  expect(rows.length).toBe(bills.length);
  for (const [i, bill] of bills.entries()) {
    const row = rows[i];
    if (!row) throw new Error("No row");
    expectRowToAgree(row, bill);
  }
}

function expectRowToAgree(row: Row, bill: Bill): void {
  expect(facts(row)).toEqual({
    provider: bill.provider,
    endpoint: bill.endpoint,
    model: bill.requestedModel,
    stream: bill.stream,
    status_code: bill.status,
    status: bill.status === 200 ? "success" : "error",
    response_id: bill.id || null,
  });
  if (bill.status !== 200) {
    expect(row.cost_usd).toBe(null);
    return;
  }
  const counted = Object.fromEntries(
    Object.keys(bill.buckets).map((bucket) => [bucket, Number(row[`usage_${bucket}`])]),
  );
  expect(counted).toEqual(bill.buckets);
  expect(row.usage_source).toBe("provider");
  expect(row.usage_consistent).toBe(true);
  expect(Number(row.cost_usd).toFixed(12)).toBe(listCost(bill.requestedModel, bill.buckets));
}

function facts(row: Row) {
  const { provider, endpoint, model, stream, status_code, status, response_id } = row;
  return { provider, endpoint, model, stream, status_code, status, response_id };
}
