/**
 * Revives the copy button of a code block in the browser.
 *
 * @module
 */
export { CopyButton } from "@/components/copy_button.tsx";
