package io.hightower.kv.statemachine.spi;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.KeyRecord;
import java.util.List;
import java.util.Optional;

/**
 * Hears what every entry changed, in their order. <b>Confined to the apply thread</b>, which it must not hold up.
 *
 * <p>For each entry {@link #begin} and {@link #end} are called; between them {@link #changed}, if something changed and the
 * answer of {@code begin} was true.
 */
public interface ChangeFeed {
    /** Nobody listens. */
    ChangeFeed NOBODY = new ChangeFeed() {
        @Override
        public boolean begin() {
            return false;
        }

        @Override
        public void changed(List<Change> changes) {
            // Nobody listens.
        }

        @Override
        public void end() {
            // Nobody listens.
        }

        @Override
        public void replaced(AppliedState installed, boolean continued) {
            // Nobody listens.
        }
    };

    /**
     * One change of one record.
     *
     * @param written the value or tombstone that is there since
     * @param before what was there before, a tombstone included; nothing if there was nothing
     */
    record Change(KeyRecord written, Optional<KeyRecord> before) {}

    /** Says that an entry is about to be applied. Returns whether its changes are wanted. */
    boolean begin();

    /**
     * Gives the changes of an entry that was published, at least one, in the order in which they were made. A key may have
     * several, also in one revision.
     */
    void changed(List<Change> changes);

    /** Says that the entry begun last is applied, or has failed. */
    void end();

    /**
     * Says that another state has taken the place of the one that entries were applied to.
     *
     * @param installed its scalars
     * @param continued whether it is a later moment of the same history, as another member of the cluster had it
     */
    void replaced(AppliedState installed, boolean continued);
}
