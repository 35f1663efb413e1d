/**
 * ClickHouse's exception codes, by what a caller should do about them. Numbers are stable across
 * versions, messages are not: nothing reads a message.
 *
 * `transient`: the same request may succeed later. `poison`: some row cannot be stored as it is.
 * `configuration`: a person must change something first: rights, names, versions.
 * A code that is not listed counts as transient: waiting loses nothing.
 *
 * @module
 */

export type ErrorKind = "transient" | "poison" | "configuration";

/** A value of the batch is the cause: splitting the batch finds it. */
const poison: Readonly<Record<number, string>> = {
  6: "CANNOT_PARSE_TEXT",
  25: "CANNOT_PARSE_ESCAPE_SEQUENCE",
  26: "CANNOT_PARSE_QUOTED_STRING",
  27: "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
  38: "CANNOT_PARSE_DATE",
  41: "CANNOT_PARSE_DATETIME",
  53: "TYPE_MISMATCH",
  69: "ARGUMENT_OUT_OF_BOUND",
  70: "CANNOT_CONVERT_TYPE",
  72: "CANNOT_PARSE_NUMBER",
  117: "INCORRECT_DATA",
  128: "TOO_LARGE_ARRAY_SIZE",
  130: "CANNOT_READ_ARRAY_FROM_TEXT",
  131: "TOO_LARGE_STRING_SIZE",
  248: "INVALID_PARTITION_VALUE",
  321: "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE",
  349: "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN",
  376: "CANNOT_PARSE_UUID",
  407: "DECIMAL_OVERFLOW",
  441: "CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING",
  467: "CANNOT_PARSE_BOOL",
  469: "VIOLATED_CONSTRAINT",
  675: "CANNOT_PARSE_IPV4",
  676: "CANNOT_PARSE_IPV6",
  691: "UNKNOWN_ELEMENT_OF_ENUM",
};

/** Repeating cannot help: what is asked for does not exist, is not allowed, or is not SQL. */
const configuration: Readonly<Record<number, string>> = {
  10: "NOT_FOUND_COLUMN_IN_BLOCK",
  16: "NO_SUCH_COLUMN_IN_TABLE",
  36: "BAD_ARGUMENTS",
  42: "NUMBER_OF_ARGUMENTS_DOESNT_MATCH",
  43: "ILLEGAL_TYPE_OF_ARGUMENT",
  44: "ILLEGAL_COLUMN",
  46: "UNKNOWN_FUNCTION",
  47: "UNKNOWN_IDENTIFIER",
  48: "NOT_IMPLEMENTED",
  50: "UNKNOWN_TYPE",
  57: "TABLE_ALREADY_EXISTS",
  60: "UNKNOWN_TABLE",
  62: "SYNTAX_ERROR",
  63: "UNKNOWN_AGGREGATE_FUNCTION",
  73: "UNKNOWN_FORMAT",
  80: "INCORRECT_QUERY",
  81: "UNKNOWN_DATABASE",
  82: "DATABASE_ALREADY_EXISTS",
  115: "UNKNOWN_SETTING",
  164: "READONLY",
  192: "UNKNOWN_USER",
  193: "WRONG_PASSWORD",
  194: "REQUIRED_PASSWORD",
  195: "IP_ADDRESS_NOT_ALLOWED",
  207: "AMBIGUOUS_IDENTIFIER",
  215: "NOT_AN_AGGREGATE",
  291: "DATABASE_ACCESS_DENIED",
  344: "SUPPORT_IS_DISABLED",
  392: "QUERY_IS_PROHIBITED",
  452: "SETTING_CONSTRAINT_VIOLATION",
  456: "UNKNOWN_QUERY_PARAMETER",
  457: "BAD_QUERY_PARAMETER",
  497: "ACCESS_DENIED",
  516: "AUTHENTICATION_FAILED",
};

/** Load, disk, memory, network and coordination: they pass, or an operator is alarmed by the lag. */
const transient: Readonly<Record<number, string>> = {
  32: "ATTEMPT_TO_READ_AFTER_EOF",
  33: "CANNOT_READ_ALL_DATA",
  49: "LOGICAL_ERROR",
  74: "CANNOT_READ_FROM_FILE_DESCRIPTOR",
  75: "CANNOT_WRITE_TO_FILE_DESCRIPTOR",
  76: "CANNOT_OPEN_FILE",
  159: "TIMEOUT_EXCEEDED",
  160: "TOO_SLOW",
  201: "QUOTA_EXCEEDED",
  202: "TOO_MANY_SIMULTANEOUS_QUERIES",
  203: "NO_FREE_CONNECTION",
  209: "SOCKET_TIMEOUT",
  210: "NETWORK_ERROR",
  225: "NO_ZOOKEEPER",
  236: "ABORTED",
  241: "MEMORY_LIMIT_EXCEEDED",
  242: "TABLE_IS_READ_ONLY",
  243: "NOT_ENOUGH_SPACE",
  252: "TOO_MANY_PARTS",
  279: "ALL_CONNECTION_TRIES_FAILED",
  285: "TOO_FEW_LIVE_REPLICAS",
  286: "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE",
  319: "UNKNOWN_STATUS_OF_INSERT",
  369: "ALL_REPLICAS_ARE_STALE",
  394: "QUERY_WAS_CANCELLED",
  425: "SYSTEM_ERROR",
  439: "CANNOT_SCHEDULE_TASK",
  473: "DEADLOCK_AVOIDED",
  499: "S3_ERROR",
  692: "TOO_MANY_MUTATIONS",
  745: "SERVER_OVERLOADED",
  999: "KEEPER_EXCEPTION",
  1000: "POCO_EXCEPTION",
  1002: "UNKNOWN_EXCEPTION",
};

/** The table, by kind; a test compares each name with the server's own. */
export const exceptionCodes: Readonly<Record<ErrorKind, Readonly<Record<number, string>>>> = {
  transient,
  poison,
  configuration,
};

export function kindOfCode(code: number): ErrorKind {
  if (code in poison) return "poison";
  return code in configuration ? "configuration" : "transient";
}

/** For answers without a code: a proxy's page, a load balancer's refusal, a server that is no ClickHouse. */
export function kindOfStatus(status: number): ErrorKind {
  const passes = status >= 500 || status === 408 || status === 425 || status === 429;
  return passes ? "transient" : "configuration";
}
