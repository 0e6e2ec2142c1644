package io.hightower.kv.storage.simulated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The content of a file: what is read, what is durable, and the changes in between. <b>Used by one thread at a time.</b>
 *
 * <pre>
 * durable     aaaaaaaabbbb
 * pending     write "cccc" at 12, cut to 14, write "dd" at 14     (each write within one sector)
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

    private final FileImage content;
    private final FileImage durable;
    private final List<Change> pending = new ArrayList<>();

    /** A write within one sector; or a cut, which has no bytes. */
    private record Change(int offset, FileImage bytes) {
        boolean isCut() {
            return bytes.length() == 0;
        }

        int end() {
            return offset + bytes.length();
        }

        int lengthAfter(int length) {
            return isCut() ? offset : Math.max(length, end());
        }
    }

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

    void write(int offset, byte[] bytes) {
        int from = 0;
        while (from < bytes.length) {
            int room = SECTOR_BYTES - (offset + from) % SECTOR_BYTES;
            int until = Math.min(bytes.length, from + room);
            pending.add(new Change(offset + from, FileImage.of(Arrays.copyOfRange(bytes, from, until))));
            from = until;
        }
        if (bytes.length > 0) {
            content.write(offset, bytes);
        }
    }

    void truncate(int length) {
        pending.add(new Change(length, FileImage.empty()));
        content.resize(length);
    }

    void sync() {
        settle(pending.size());
    }

    /** Makes the first half of the pending changes durable, as a sync during which power fails. */
    void syncHalf() {
        settle(pending.size() / 2);
    }

    private void settle(int count) {
        List<Change> settled = pending.subList(0, count);
        settled.forEach(change -> apply(change, durable));
        settled.clear();
    }

    /** Does what a failing sync does. Cuts stay pending: they are in the journal, not in the pages. */
    void failSync(FailedSync mode) {
        pending.removeIf(change -> !change.isCut());
        if (mode == FailedSync.CONTENT_REVERTED_AT_ONCE) {
            content.resize(0);
            content.write(0, durable.toByteArray());
            pending.forEach(change -> apply(change, content));
        }
    }

    void flip(int offset, int mask) {
        content.flip(offset, mask);
        durable.flip(offset, mask);
        for (Change change : pending) {
            if (change.offset <= offset && offset < change.end()) {
                change.bytes.flip(offset - change.offset, mask);
            }
        }
    }

    /** Returns the file as it may be found after power loss. */
    FileImage afterPowerLoss(LossPolicy policy, SplittableRandom random) {
        FileImage image = durable.copy();
        switch (policy) {
            case NOTHING_UNSYNCED_SURVIVES -> {}
            case ALL_SURVIVES -> pending.forEach(change -> apply(change, image));
            case RANDOM_SUBSET -> applySubset(image, random, false);
            case TORN_SECTOR -> applySubset(image, random, true);
        }
        return image;
    }

    private static void apply(Change change, FileImage image) {
        if (change.isCut()) {
            // A cut never makes a file longer, not even one whose writes were lost.
            image.resize(Math.min(change.offset, image.length()));
        } else {
            image.write(change.offset, change.bytes.toByteArray());
        }
    }

    private void applySubset(FileImage image, SplittableRandom random, boolean tearing) {
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
                apply(change, image);
            }
        }
        image.resize(length);
    }

    /**
     * Writes the first bytes of a change; the rest of its range stays as it was, or becomes zeros or garbage where the file
     * is longer than what was ever synced.
     */
    private void tear(Change change, FileImage image, SplittableRandom random) {
        byte[] written = change.bytes.toByteArray();
        int arrived = random.nextInt(written.length);
        int remainder = random.nextInt(REMAINDERS_OF_TORN_SECTOR);
        image.write(change.offset, Arrays.copyOf(written, arrived));
        int from = Math.max(arrived, durable.length() - change.offset);
        if (remainder == 0 || from >= written.length) {
            return;
        }
        byte[] rest = new byte[written.length - from];
        if (remainder == 1) {
            random.nextBytes(rest);
        }
        image.write(change.offset + from, rest);
    }
}
