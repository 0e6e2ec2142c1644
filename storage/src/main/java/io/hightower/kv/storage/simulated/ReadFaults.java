package io.hightower.kv.storage.simulated;

import io.hightower.kv.statemachine.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Which places of which files cannot be read, or are read wrongly. <b>Used by one thread at a time.</b> */
final class ReadFaults {
    private final List<Unreadable> unreadable = new ArrayList<>();
    private final List<Flip> flips = new ArrayList<>();

    private record Unreadable(String name, long from, long until) {}

    private record Flip(String name, long offset, int mask) {}

    void fail(String name, long from, long until) {
        unreadable.add(new Unreadable(name, from, until));
    }

    void flip(String name, long offset, int mask) {
        flips.add(new Flip(name, offset, mask));
    }

    void heal() {
        unreadable.clear();
        flips.clear();
    }

    /** Changes what was read into a buffer from {@code start} to its position, or throws. */
    void apply(String name, long offset, ByteBuffer target, int start) {
        long end = offset + target.position() - start;
        for (Unreadable range : unreadable) {
            if (range.name.equals(name) && range.from < end && offset < range.until) {
                throw new StorageException("A simulated fault: operation=READ file=" + name + " offset=" + offset);
            }
        }
        for (Flip flip : flips) {
            if (flip.name.equals(name) && offset <= flip.offset && flip.offset < end) {
                int at = (int) (flip.offset - offset) + start;
                target.put(at, (byte) (target.get(at) ^ flip.mask));
            }
        }
    }
}
