package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.storage.run.VersionKind;

/** Puts the values and the tombstones of one file back into one order. <b>Used by one thread at a time.</b> */
final class InterleavingCursor implements ChangeCursor {
    private final String file;
    private final ChangeCursor values;
    private final ChangeCursor tombstones;
    private boolean hasValue;
    private boolean hasTombstone;

    /** The one of the two that stands on the present change. */
    private ChangeCursor present;

    private boolean begun;

    InterleavingCursor(String file, ChangeCursor values, ChangeCursor tombstones) {
        this.file = file;
        this.values = values;
        this.tombstones = tombstones;
        this.present = values;
    }

    @Override
    public boolean next() {
        if (!begun) {
            hasValue = values.next();
            hasTombstone = tombstones.next();
            begun = true;
        } else if (present == values) {
            hasValue = hasValue && values.next();
        } else {
            hasTombstone = hasTombstone && tombstones.next();
        }
        present = hasValue && (!hasTombstone || isValueFirst()) ? values : tombstones;
        return hasValue || hasTombstone;
    }

    private boolean isValueFirst() {
        if (values.main() == tombstones.main() && values.sub() == tombstones.sub()) {
            throw new CorruptionException(
                    file, 0, "one change of a revision", "two of " + values.main() + "." + values.sub());
        }
        return values.main() < tombstones.main()
                || (values.main() == tombstones.main() && values.sub() < tombstones.sub());
    }

    @Override
    public long main() {
        return present.main();
    }

    @Override
    public int sub() {
        return present.sub();
    }

    @Override
    public VersionKind kind() {
        return present.kind();
    }

    @Override
    public byte[] keyArray() {
        return present.keyArray();
    }

    @Override
    public int keyOffset() {
        return present.keyOffset();
    }

    @Override
    public int keyLength() {
        return present.keyLength();
    }

    @Override
    public void close() {
        values.close();
        tombstones.close();
    }
}
