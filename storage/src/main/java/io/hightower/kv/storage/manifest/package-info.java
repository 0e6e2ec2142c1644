/**
 * Which files make up the store, and the scalars that belong to them: one file that is written whole for every change.
 *
 * <pre>
 * flush, merge ──new files, synced──► StoreManifest ──► ManifestFile.write ──► "MANIFEST" ──► old files deleted
 * open ◄── ManifestFile.read ◄── "MANIFEST";  then StoreFiles.deleteUnreferenced
 * </pre>
 *
 * <p><b>Invariants.</b> A manifest in force names only files that are durable, and names them until the next one is durable.
 * No file that it could name exists before the first manifest. Numbers of files are never used twice for files that a manifest
 * named. <b>Threads.</b> Manifests are immutable; one thread at a time writes. The bytes are described in {@code
 * docs/formats/manifest.md}.
 */
@NullMarked
package io.hightower.kv.storage.manifest;

import org.jspecify.annotations.NullMarked;
