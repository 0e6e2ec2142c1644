package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.storage.history.HistoryFile;
import io.hightower.kv.storage.history.HistoryId;
import io.hightower.kv.storage.history.HistoryMerge;
import io.hightower.kv.storage.history.HistoryMeta;
import io.hightower.kv.storage.manifest.StoreManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Joins small history files, of which every flush writes one, so that their number stays bounded. <b>Used by one thread at a
 * time.</b>
 */
final class HistoryMerging {
    private static final int FILES_MAX = 16;
    private static final int JOINED_AT_ONCE = 8;

    private final StoreParts parts;
    private final BooleanSupplier cancelled;

    /** Gives up joining once {@code cancelled} is true. */
    HistoryMerging(StoreParts parts, BooleanSupplier cancelled) {
        this.parts = parts;
        this.cancelled = cancelled;
    }

    /** Joins neighbours if there are too many files. Returns whether it did. */
    boolean joinIfMany(Committer.Pinned pinned) {
        List<SharedFile<HistoryFile>> files = pinned.files().history();
        if (files.size() <= FILES_MAX) {
            return false;
        }
        int from = smallest(pinned.manifest().history());
        List<HistoryFile> joined = files.subList(from, from + JOINED_AT_ONCE).stream()
                .map(SharedFile::content)
                .toList();
        AppliedState applied = pinned.manifest().applied();
        HistoryMerge merge = new HistoryMerge(pinned.manifest().historyFloor(), applied.releasedRevision());
        HistoryId target = new HistoryId(parts.committer().takeFileNumber(), parts.storeId());
        Optional<HistoryMeta> result = merge.run(parts.disk(), target, joined, cancelled);
        if (cancelled.getAsBoolean()) {
            result.ifPresent(unwanted -> parts.disk().delete(unwanted.fileName()));
            return false;
        }
        commit(joined.stream().map(HistoryFile::meta).toList(), result);
        return true;
    }

    private void commit(List<HistoryMeta> replaced, Optional<HistoryMeta> result) {
        try {
            parts.committer()
                    .commit(
                            manifest -> replaced(manifest, replaced, result),
                            (root, opened) -> root.with(opened, root.sealed()));
        } catch (RuntimeException | Error e) {
            parts.abandon(result.stream().map(HistoryMeta::fileName).toList(), e);
            throw e;
        }
    }

    private static StoreManifest replaced(
            StoreManifest manifest, List<HistoryMeta> replaced, Optional<HistoryMeta> result) {
        List<HistoryMeta> history = new ArrayList<>();
        boolean placed = false;
        for (HistoryMeta file : manifest.history()) {
            if (!replaced.contains(file)) {
                history.add(file);
            } else if (!placed) {
                placed = true;
                result.ifPresent(history::add);
            }
        }
        return new StoreManifest(
                manifest.edits(),
                manifest.applied(),
                manifest.nextFileNumber(),
                manifest.historyFloor(),
                manifest.levels(),
                history,
                manifest.system());
    }

    /** Returns where the neighbours begin that are the shortest together. */
    private static int smallest(List<HistoryMeta> files) {
        int best = 0;
        long bestLength = Long.MAX_VALUE;
        for (int from = 0; from + JOINED_AT_ONCE <= files.size(); from++) {
            long length = files.subList(from, from + JOINED_AT_ONCE).stream()
                    .mapToLong(HistoryMeta::length)
                    .sum();
            if (length < bestLength) {
                best = from;
                bestLength = length;
            }
        }
        return best;
    }
}
