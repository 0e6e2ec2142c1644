/**
 * Records as lines of text, into a store and out of it.
 *
 * <pre>
 * import:  LineSource → TextRecord → Importer → RecordSink (the store)
 *                                       |
 *                          ImportWindow: what is on its way, and what was acknowledged without a gap
 *                                       |
 *                          ResumeFile, ImportProgress
 * export:  RecordPages (the store) → Exporter → TextRecord → output
 * </pre>
 *
 * <p>Invariants: a key is never on its way twice, so the last line of a key wins; the resume file never names a position
 * before which a line is unanswered. Lines are bytes, not characters: what is not UTF-8 passes through untouched.
 */
@NullMarked
package io.hightower.kv.cli.transfer;

import org.jspecify.annotations.NullMarked;
