/**
 * The condition that chooses the rows of a span of time, named as `{from}` and `{to}` in seconds since
 * 1970, `to` excluded.
 *
 * The ends are as fine as the column: beside a DateTime, which has whole seconds, ClickHouse skips a part
 * of the table whose first row lies within the last second before the end.
 *
 * @module
 */
const at = (name: string) => `fromUnixTimestamp64Milli(toInt64({${name}:UInt32}) * 1000, 'UTC')`;

export const between = `timestamp >= ${at("from")} AND timestamp < ${at("to")}`;
