/**
 * Looking at a store from outside, without opening it as one: files as text, and whole directories checked.
 *
 * <pre>
 * inspect FILE ──► FileInspection ──► TableScan, HistoryScan, SegmentScan, ManifestFile, StateArchive ──► lines of text
 * verify DIR   ──► DirectoryVerification ──► ManifestCheck ──► FilesCheck ──► RecordsCheck
 *                                        └─► LogCheck          each table    all versions together
 * </pre>
 *
 * <p><b>Invariant.</b> Nothing in the directory changes, except for the file {@code LOCK}: everything goes through a {@link
 * io.hightower.kv.storage.inspect.ReadOnlyDisk}. Bytes that the checksums do not cover are never believed, and what can be
 * read in spite of damage is read. Threads: one at a time.
 */
@NullMarked
package io.hightower.kv.storage.inspect;

import org.jspecify.annotations.NullMarked;
