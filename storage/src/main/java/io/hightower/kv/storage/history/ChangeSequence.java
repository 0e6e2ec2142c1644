package io.hightower.kv.storage.history;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.storage.run.VersionKind;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several sources one after the other, as one: the files of a store in the order of their revisions, then what is in memory
 * only. A source is not asked before the cursor comes to it. <b>Thread-safe</b> if the sources are.
 */
public final class ChangeSequence implements ChangeSource {
    private final List<ChangeSource> sources;

    private ChangeSequence(List<ChangeSource> sources) {
        this.sources = sources;
    }

    /** Joins sources; every change of one is earlier than every change of the next. */
    public static ChangeSequence of(List<? extends ChangeSource> sources) {
        return new ChangeSequence(List.copyOf(sources));
    }

    /** {@inheritDoc} What a source does not hold any more is noticed when the cursor comes to it. */
    @Override
    public ChangeCursor from(long main, ChangeSelection selection) {
        return new JoinedCursor(sources.iterator(), main, selection);
    }

    /** Moves over the sources that are left. <b>Used by one thread at a time.</b> */
    private static final class JoinedCursor implements ChangeCursor {
        private final Iterator<ChangeSource> sources;
        private final long from;
        private final ChangeSelection selection;

        /** The cursor of the source that was come to last; null before the first. */
        private @Nullable ChangeCursor present;

        private long lastMain;
        private int lastSub = -1;

        JoinedCursor(Iterator<ChangeSource> sources, long from, ChangeSelection selection) {
            this.sources = sources;
            this.from = from;
            this.selection = selection;
        }

        @Override
        public boolean next() {
            while (present == null || !present.next()) {
                close();
                if (!sources.hasNext()) {
                    return false;
                }
                present = sources.next().from(from, selection);
            }
            InvariantViolation.check(
                    main() > lastMain || (main() == lastMain && sub() > lastSub),
                    "sources follow one another in the order of their revisions");
            lastMain = main();
            lastSub = sub();
            return true;
        }

        private ChangeCursor present() {
            if (present == null) {
                throw new IllegalStateException("The cursor stands on no change");
            }
            return present;
        }

        @Override
        public long main() {
            return present().main();
        }

        @Override
        public int sub() {
            return present().sub();
        }

        @Override
        public VersionKind kind() {
            return present().kind();
        }

        @Override
        public byte[] keyArray() {
            return present().keyArray();
        }

        @Override
        public int keyOffset() {
            return present().keyOffset();
        }

        @Override
        public int keyLength() {
            return present().keyLength();
        }

        @Override
        public void close() {
            if (present != null) {
                present.close();
                present = null;
            }
        }
    }
}
