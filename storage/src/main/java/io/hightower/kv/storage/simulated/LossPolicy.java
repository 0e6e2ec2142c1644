package io.hightower.kv.storage.simulated;

/** What power loss does to changes that were not synced. Whatever was synced survives under every policy. */
public enum LossPolicy {
    /** Every unsynced change is undone. */
    NOTHING_UNSYNCED_SURVIVES,

    /** Every change survives, as after the end of a process on a machine that goes on. */
    ALL_SURVIVES,

    /**
     * Each sector of each write, and each name change, survives or not by the seed, independently of the others. A file may
     * have got longer without its bytes: then zeros are read there.
     */
    RANDOM_SUBSET,

    /**
     * As {@link #RANDOM_SUBSET}, and in one surviving sector of each file only the first bytes of the write arrived. The rest
     * of what was written there is as before, or, behind the end of what was ever synced, zeros or garbage. So a torn write
     * never harms synced bytes in front of it in the same sector.
     */
    TORN_SECTOR
}
