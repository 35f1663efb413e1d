/**
 * Reads the engine's own log. Failed queries are left out: their sender has the error already, and the
 * entry repeats the query with its values, which belong to users and not into a log.
 *
 * @module
 */

const entryPattern = /^[\d.]+ [\d:.]+ \[ \d+ \] \{[^}]*\} <(\w+)> ([^:]+): (.*)$/;
const aboutQueries = /^(executeQuery|\w*QueryHandler|\w*Handler|TCPHandler|HTTPHandler|Access.*)$/;
const longestLine = 500;

/** A line for the operator; undefined for stack frames, continuations and failed queries. */
export function operatorLine(line: string): string | undefined {
  const [, level, source, message] = entryPattern.exec(line) ?? [];
  if (level === undefined || source === undefined || message === undefined) return undefined;
  if (aboutQueries.test(source)) return undefined;
  return `ClickHouse ${level.toLowerCase()}: ${source}: ${message.slice(0, longestLine)}`;
}
