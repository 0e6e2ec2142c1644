package io.hightower.kv.storage.lsm;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.storage.cache.MemoryUse;
import io.hightower.kv.storage.hot.HotKeyIndex;
import io.hightower.kv.storage.memtable.Memtable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The memtable that edits go to. Its monitor is held while an edit is put in and while the memtable is sealed, so that a
 * memtable always ends between two edits. <b>Thread-safe.</b>
 */
final class ActiveMemtable {
    private static final long NEVER = Long.MIN_VALUE;

    private final StoreParts parts;
    private final Roots roots;

    /** Guarded by this, like all below. */
    private Memtable memtable = Memtable.create();

    private long chargedBytes;
    private long firstWriteNanos = NEVER;

    ActiveMemtable(StoreParts parts, Roots roots) {
        this.parts = parts;
        this.roots = roots;
        roots.replace(root -> root.with(memtable.at(memtable.watermark()), root.sealed()));
    }

    static Memtable.Slice emptySlice() {
        Memtable empty = Memtable.create();
        return empty.at(empty.watermark());
    }

    /**
     * Puts an edit in and shows it. {@code before} are the scalars that the edit was made from: the very object. Returns
     * whether the memtable is full.
     */
    @SuppressWarnings("ReferenceEquality")
    synchronized boolean publish(StoreEdit edit, AppliedState before, AppliedState after) {
        Root root = roots.current();
        InvariantViolation.check(root.applied() == before, "edits follow one another");
        HotKeyIndex hot = root.hot();
        for (StoreEdit.Change change : edit.changesByRevision()) {
            KeyRecord written = change.written();
            if (change.erased()) {
                memtable.erase(written);
            } else {
                if (hot != null) {
                    // Before anybody can see the change: see HotKeyIndex.
                    hot.written(written.key().hash64(), written.modified().main());
                }
                memtable.add(written);
            }
        }
        Memtable.Slice grown = memtable.at(memtable.watermark());
        roots.replace(present -> present.published(after, grown, edit.system()));
        if (firstWriteNanos == NEVER) {
            firstWriteNanos = System.nanoTime();
        }
        charge();
        return memtable.bytes() >= parts.options().sealBytes();
    }

    private void charge() {
        long bytes = memtable.reservedBytes();
        if (bytes != chargedBytes) {
            parts.budget().charge(MemoryUse.MEMTABLES, bytes - chargedBytes);
            chargedBytes = bytes;
        }
    }

    synchronized boolean isOlderThan(long nanos) {
        return firstWriteNanos != NEVER && System.nanoTime() - firstWriteNanos >= nanos;
    }

    /** Seals the memtable if anything was published since the last time. Returns whether it did. */
    synchronized boolean seal() {
        if (firstWriteNanos == NEVER) {
            return false;
        }
        Root root = roots.current();
        Sealed full = new Sealed(memtable, root.memtable(), root.applied(), root.system());
        memtable = memtable.successor();
        chargedBytes = 0;
        firstWriteNanos = NEVER;
        Memtable.Slice fresh = memtable.at(memtable.watermark());
        roots.replace(present -> {
            List<Sealed> waiting = new ArrayList<>();
            waiting.add(full);
            waiting.addAll(present.sealed());
            return present.with(fresh, List.copyOf(waiting));
        });
        charge();
        return true;
    }

    /** Seals unless everything published is durable or sealed. Returns the position of the last edit. */
    synchronized LogPosition sealThrough(LogPosition durable) {
        LogPosition last = roots.current().applied().position();
        if (!last.equals(durable)) {
            seal();
        }
        return last;
    }

    /** Puts another state in the place of this and all sealed memtables. Nothing may be flushed meanwhile. */
    synchronized void replaceBy(Consumer<Memtable.Slice> replacement) {
        Memtable fresh = Memtable.create();
        List<Sealed> dropped = roots.current().sealed();
        replacement.accept(fresh.at(fresh.watermark()));
        for (Sealed waiting : dropped) {
            parts.budget().release(MemoryUse.MEMTABLES, waiting.memtable().reservedBytes());
        }
        parts.budget().release(MemoryUse.MEMTABLES, chargedBytes);
        chargedBytes = 0;
        memtable = fresh;
        firstWriteNanos = NEVER;
        charge();
    }

    synchronized void close() {
        parts.budget().release(MemoryUse.MEMTABLES, chargedBytes);
        chargedBytes = 0;
    }
}
