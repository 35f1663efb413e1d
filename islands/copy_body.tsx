/**
 * Revives the copying of raw bodies.
 *
 * @module
 */
export { CopyBody } from "@/components/call/copy_body.tsx";
