package io.hightower.kv.storage.simulated;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The content of a file: what is read, what is durable, and the changes in between. <b>Used by one thread at a time.</b>
 *
 * <pre>
 * durable     aaaaaaaabbbb
 * pending     write "cccc" at 12, cut to 14, write "dd" at 14
 * content     aaaaaaaabbbbccdd
 * </pre>
 *
 * <p>The length is a thing of its own: power loss may keep a length and lose the bytes below it, which then are zeros.
 * Lengths survive in order, since file systems journal them; sectors survive in any combination.
 */
final class SimulatedFile {
    static final int SECTOR_BYTES = 512;

    private static final int REMAINDERS_OF_TORN_SECTOR = 3;
    private static final int NO_CHANGE = -1;

    /** From so many pending bytes on, the durable image is better made anew from the content than change by change. */
    private static final int PENDING_BYTES_APPLIED_MAX = 64 << 10;

    private FileImage content;
    private FileImage durable;
    private final List<Change> pending = new ArrayList<>();

    /** Whether the content is what the durable image and the pending changes make; a failed sync may end that. */
    private boolean explained = true;

    private SimulatedFile(FileImage content, FileImage durable) {
        this.content = content;
        this.durable = durable;
    }

    static SimulatedFile empty() {
        return new SimulatedFile(FileImage.empty(), FileImage.empty());
    }

    /** Makes a file with content that is durable. */
    static SimulatedFile durable(FileImage image) {
        return new SimulatedFile(image.copy(), image.copy());
    }

    FileImage content() {
        return content;
    }

    boolean isSynced() {
        return pending.isEmpty() && explained;
    }

    /** Writes bytes, which nobody changes any more. */
    void write(int offset, byte[] bytes, int count) {
        if (count > 0) {
            pending.add(new Change(offset, bytes, 0, count));
            content.write(offset, bytes, 0, count);
        }
    }

    void truncate(int length) {
        pending.add(Change.cut(length));
        content.resize(length);
    }

    void sync() {
        int bytes = pending.stream().mapToInt(Change::count).sum();
        if (explained && bytes > PENDING_BYTES_APPLIED_MAX) {
            durable = content.copy();
            pending.clear();
        } else {
            settle(pending.size());
        }
    }

    /** Makes the first half of the pending changes durable, as a sync during which power fails. */
    void syncHalf() {
        splitIntoSectors();
        settle(pending.size() / 2);
    }

    private void settle(int count) {
        List<Change> settled = pending.subList(0, count);
        settled.forEach(change -> change.applyTo(durable));
        settled.clear();
    }

    /**
     * Makes the sectors of a range durable, with everything pending there. A length that is noted down takes the cuts before
     * it along; then everything is made durable.
     */
    void syncRange(int from, int until) {
        if (pending.stream().anyMatch(Change::isCut)) {
            sync();
            return;
        }
        List<Change> outside = new ArrayList<>();
        for (Change change : pending) {
            change.within(from, until).ifPresent(part -> part.applyTo(durable));
            change.before(from).ifPresent(outside::add);
            change.behind(until).ifPresent(outside::add);
        }
        pending.clear();
        pending.addAll(outside);
    }

    /** Does what a failing sync does. Cuts stay pending: they are in the journal, not in the pages. */
    void failSync(FailedSync mode) {
        pending.removeIf(change -> !change.isCut());
        explained = false;
        if (mode == FailedSync.CONTENT_REVERTED_AT_ONCE) {
            content = durable.copy();
            pending.forEach(change -> change.applyTo(content));
            explained = true;
        }
    }

    /** Does what a failing sync of the sectors of a range does. */
    void failSyncRange(int from, int until, FailedSync mode) {
        List<Change> outside = new ArrayList<>();
        for (Change change : pending) {
            if (change.isCut()) {
                outside.add(change);
            } else {
                change.before(from).ifPresent(outside::add);
                change.behind(until).ifPresent(outside::add);
            }
        }
        pending.clear();
        pending.addAll(outside);
        explained = false;
        if (mode == FailedSync.CONTENT_REVERTED_AT_ONCE) {
            content.take(durable, sectorStart(from), Math.min(sectorEnd(until), content.length()));
        }
    }

    void flip(int offset, int mask) {
        content.flip(offset, mask);
        durable.flip(offset, mask);
        pending.replaceAll(change -> change.flipped(offset, mask));
    }

    /** Returns the file as it may be found after power loss. */
    FileImage afterPowerLoss(LossPolicy policy, SplittableRandom random) {
        FileImage image = durable.copy();
        switch (policy) {
            case NOTHING_UNSYNCED_SURVIVES -> {}
            case ALL_SURVIVES -> pending.forEach(change -> change.applyTo(image));
            case RANDOM_SUBSET -> applySubset(image, random, false);
            case TORN_SECTOR -> applySubset(image, random, true);
        }
        return image;
    }

    /** Makes each pending write one within one sector. */
    private void splitIntoSectors() {
        List<Change> sectors = new ArrayList<>();
        for (Change change : pending) {
            change.addSectorsTo(sectors);
        }
        pending.clear();
        pending.addAll(sectors);
    }

    private void applySubset(FileImage image, SplittableRandom random, boolean tearing) {
        splitIntoSectors();
        int lengthsKept = random.nextInt(pending.size() + 1);
        int keepPercent = random.nextInt(101);
        boolean[] survives = new boolean[pending.size()];
        List<Integer> survivors = new ArrayList<>();
        for (int i = 0; i < pending.size(); i++) {
            if (!pending.get(i).isCut() && random.nextInt(100) < keepPercent) {
                survives[i] = true;
                survivors.add(i);
            }
        }
        int torn = tearing && !survivors.isEmpty() ? survivors.get(random.nextInt(survivors.size())) : NO_CHANGE;
        int length = image.length();
        for (int i = 0; i < pending.size(); i++) {
            Change change = pending.get(i);
            if (i < lengthsKept) {
                length = change.lengthAfter(length);
            }
            if (i == torn) {
                tear(change, image, random);
            } else if (change.isCut() ? i < lengthsKept : survives[i]) {
                change.applyTo(image);
            }
        }
        image.resize(length);
    }

    /**
     * Writes the first bytes of a change; the rest of its range stays as it was, or becomes zeros or garbage where the file
     * is longer than what was ever synced.
     */
    private void tear(Change change, FileImage image, SplittableRandom random) {
        int arrived = random.nextInt(change.count());
        int remainder = random.nextInt(REMAINDERS_OF_TORN_SECTOR);
        image.write(change.offset(), change.bytes(), change.from(), arrived);
        int from = Math.max(arrived, durable.length() - change.offset());
        if (remainder == 0 || from >= change.count()) {
            return;
        }
        byte[] rest = new byte[change.count() - from];
        if (remainder == 1) {
            random.nextBytes(rest);
        }
        image.write(change.offset() + from, rest, 0, rest.length);
    }

    private static int sectorStart(int offset) {
        return offset - offset % SECTOR_BYTES;
    }

    private static int sectorEnd(int offset) {
        return sectorStart(offset + SECTOR_BYTES - 1);
    }
}
