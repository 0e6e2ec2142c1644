package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.XxHash64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StateHashTest {
    private static final KeyRecord RECORD =
            new KeyRecord(Bytes.utf8("key"), true, Bytes.utf8("value"), 2, new Revision(3, 4), 5, 6, 7);

    /** Written out by hand from the description in {@link StateHash}: changing the encoding would part old from new members. */
    @Test
    void hashesTheCanonicalEncodingOfARecord() {
        byte[] canonical = HexFormat.of()
                .parseHex("00000003" + "6b6579" + "01" + "00000005" + "76616c7565" + "0000000000000002"
                        + "0000000000000003" + "00000004" + "0000000000000005" + "0000000000000006"
                        + "0000000000000007");
        assertThat(new StateHash().of(RECORD)).isEqualTo(XxHash64.hash(canonical, 0, canonical.length));
    }

    @Test
    void hashesTheCanonicalEncodingOfATombstone() {
        byte[] canonical = HexFormat.of()
                .parseHex("00000001" + "ff" + "00" + "00000000" + "0000000000000000" + "0000000000000007" + "00000000"
                        + "0000000000000000" + "0000000000000009" + "0000000000000000");
        KeyRecord tombstone = KeyRecord.tombstone(Bytes.wrap(new byte[] {-1}), new Revision(7, 0), 9);
        assertThat(new StateHash().of(tombstone)).isEqualTo(XxHash64.hash(canonical, 0, canonical.length));
    }

    /** Pins the values themselves, computed by another implementation of the hash. */
    @Test
    void keepsItsValuesFromReleaseToRelease() {
        assertThat(StateHash.toText(new StateHash().of(RECORD))).isEqualTo("0da3b47186fa2621");
        assertThat(StateHash.toText(StateHash.of(AppliedState.EMPTY))).isEqualTo("f7a9241c5be063f4");
    }

    @Test
    void everyPartOfARecordCounts() {
        Revision modified = RECORD.modified();
        List<KeyRecord> different = List.of(
                RECORD,
                new KeyRecord(Bytes.utf8("kez"), true, RECORD.value(), 2, modified, 5, 6, 7),
                new KeyRecord(RECORD.key(), false, RECORD.value(), 2, modified, 5, 6, 7),
                new KeyRecord(RECORD.key(), true, Bytes.utf8("valuf"), 2, modified, 5, 6, 7),
                new KeyRecord(Bytes.utf8("keyv"), true, Bytes.utf8("alue"), 2, modified, 5, 6, 7),
                new KeyRecord(RECORD.key(), true, RECORD.value(), 1, modified, 5, 6, 7),
                new KeyRecord(RECORD.key(), true, RECORD.value(), 2, new Revision(4, 4), 5, 6, 7),
                new KeyRecord(RECORD.key(), true, RECORD.value(), 2, new Revision(3, 5), 5, 6, 7),
                new KeyRecord(RECORD.key(), true, RECORD.value(), 2, modified, 6, 6, 7),
                new KeyRecord(RECORD.key(), true, RECORD.value(), 2, modified, 5, 7, 7),
                new KeyRecord(RECORD.key(), true, RECORD.value(), 2, modified, 5, 6, 8));
        StateHash hash = new StateHash();
        assertThat(different.stream().map(hash::of)).doesNotHaveDuplicates();
    }

    @Test
    void largeRecordDoesNotDisturbTheNextSmallOne() {
        StateHash hash = new StateHash();
        KeyRecord large =
                new KeyRecord(Bytes.utf8("large"), true, Bytes.wrap(new byte[100_000]), 2, new Revision(2, 0), 1, 2);
        long before = hash.of(RECORD);
        assertThat(hash.of(large)).isEqualTo(new StateHash().of(large));
        assertThat(hash.of(RECORD)).isEqualTo(before);
    }

    @Test
    void scalarsThatCommandsDecideCount() {
        LogPosition start = LogPosition.START;
        Stream<AppliedState> different = Stream.of(
                AppliedState.EMPTY,
                new AppliedState(start, 2, 0, 0, 0, 0, 0, 0, 0),
                new AppliedState(start, 1, 1, 0, 0, 0, 0, 0, 0),
                new AppliedState(start, 1, 0, 1, 0, 0, 0, 0, 0),
                new AppliedState(start, 1, 0, 0, 0, 0, 1, 0, 0),
                new AppliedState(start, 1, 0, 0, 0, 0, 0, 1, 0),
                new AppliedState(start, 1, 0, 0, 0, 0, 0, 0, 1),
                new AppliedState(start, 1, 0, 0, 1, 0, 0, 0, 0),
                new AppliedState(start, 1, 0, 0, 0, 0, 0, 0, 0, 1));
        assertThat(different.map(StateHash::of)).doesNotHaveDuplicates();
    }

    @Test
    void positionAndTimeDoNotCount() {
        AppliedState elsewhere = new AppliedState(new LogPosition(7, 8), 1, 0, 0, 0, 9, 0, 0, 0);
        assertThat(StateHash.of(elsewhere)).isEqualTo(StateHash.of(AppliedState.EMPTY));
    }

    @Test
    void textHasSixteenDigits() {
        assertThat(StateHash.toText(0)).isEqualTo("0000000000000000");
        assertThat(StateHash.toText(0xabc)).isEqualTo("0000000000000abc");
        assertThat(StateHash.toText(-1)).isEqualTo("ffffffffffffffff");
    }
}
