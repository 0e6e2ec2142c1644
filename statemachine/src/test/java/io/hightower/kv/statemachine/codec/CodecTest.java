package io.hightower.kv.statemachine.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.random.SeededRuns;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class CodecTest {
    private static final int RUNS = 3_000;

    private final DescribedMessages described = new DescribedMessages();

    @Test
    void entriesComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            Entry entry = new RandomValues(random).entry();
            Bytes encoded = EntryCodec.encode(entry);
            assertThat(EntryCodec.decode(encoded)).isEqualTo(entry);
            assertThat(withoutVersion(encoded)).isEqualTo(described.entry(entry).toByteArray());
        });
    }

    @Test
    void resultsComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            List<Result> results = new RandomValues(random).results();
            Bytes encoded = ResultCodec.encode(results);
            assertThat(ResultCodec.decode(encoded)).isEqualTo(results);
            assertThat(withoutVersion(encoded))
                    .isEqualTo(described.results(results).toByteArray());
        });
    }

    @Test
    void recordsComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            KeyRecord entry = new RandomValues(random).keyRecord();
            byte[] encoded = RecordCodec.encode(entry);
            assertThat(RecordCodec.decodeRecord("test", encoded)).isEqualTo(entry);
            assertThat(encoded).isEqualTo(described.record(entry).toByteArray());
        });
    }

    @Test
    void systemRecordsComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            SystemRecord entry = new RandomValues(random).systemRecord();
            byte[] encoded = RecordCodec.encode(entry);
            assertThat(RecordCodec.decodeSystem("test", encoded)).isEqualTo(entry);
            assertThat(encoded).isEqualTo(described.system(entry).toByteArray());
        });
    }

    @Test
    void leasesComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            Lease lease =
                    new Lease(random.nextLong(1, 9), random.nextLong(1, Lease.TTL_SECONDS_MAX), random.nextLong());
            Bytes encoded = LeaseCodec.encode(lease);
            assertThat(LeaseCodec.decode(lease.id(), encoded)).isEqualTo(lease);
            assertThat(encoded.toByteArray()).isEqualTo(described.lease(lease).toByteArray());
        });
    }

    @Test
    void sessionsComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            SessionRecord session = new RandomValues(random).session();
            Bytes encoded = SessionCodec.encode(session);
            assertThat(SessionCodec.decode(session.id(), encoded)).isEqualTo(session);
            long end = session.usedMillis() / 2 + session.ttlMillis();
            SessionRecord used = session.usedAt(session.usedMillis() / 2);
            assertThat(SessionCodec.isExpired(SessionCodec.encode(used), end)).isFalse();
            assertThat(SessionCodec.isExpired(SessionCodec.encode(used), end + 1))
                    .isTrue();
            assertThat(withoutVersion(encoded))
                    .isEqualTo(described.session(session).toByteArray());
        });
    }

    @Test
    void keptAnswersComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            Result result = new RandomValues(random).result();
            Bytes kept = SessionCodec.encodeAnswer(result);
            assertThat(SessionCodec.decodeAnswer(kept)).isEqualTo(result);
            assertThat(kept.toByteArray()).isEqualTo(described.result(result).toByteArray());
        });
    }

    @Test
    void scalarsComeBackAndAreWhatTheDescriptionSays(TestInfo test) {
        SeededRuns.of(test).count(RUNS).checkEach(random -> {
            AppliedState applied = new RandomValues(random).applied();
            byte[] encoded = RecordCodec.encode(applied);
            assertThat(RecordCodec.decodeApplied("test", encoded)).isEqualTo(applied);
            assertThat(encoded).isEqualTo(described.applied(applied).toByteArray());
        });
    }

    @Test
    void rangeWithoutEndAndRangeWithEmptyEndStayDifferent() {
        for (KeyRange range : List.of(KeyRange.all(), KeyRange.of(Bytes.EMPTY, Bytes.EMPTY))) {
            Entry entry = new Entry(0, List.of(new Command.DeleteRange(range)));
            assertThat(EntryCodec.decode(EntryCodec.encode(entry))).isEqualTo(entry);
        }
    }

    @Test
    void greatestNumbersComeBack() {
        Revision last = new Revision(Long.MAX_VALUE, Integer.MAX_VALUE);
        KeyRecord entry = KeyRecord.tombstone(Bytes.utf8("k"), last, Long.MAX_VALUE);
        AppliedState applied =
                new AppliedState(new LogPosition(Long.MAX_VALUE, Long.MAX_VALUE), 1, 2, 3, 7, 4, 5, 6, -1);
        assertThat(RecordCodec.decodeRecord("test", RecordCodec.encode(entry))).isEqualTo(entry);
        assertThat(RecordCodec.decodeApplied("test", RecordCodec.encode(applied)))
                .isEqualTo(applied);
    }

    @Test
    void largeValuesComeBack() {
        byte[] content = new byte[5 << 20];
        Arrays.fill(content, (byte) 0xa5);
        Entry entry = new Entry(1, List.of(Command.put(Bytes.utf8("k"), Bytes.wrap(content))));
        assertThat(EntryCodec.decode(EntryCodec.encode(entry))).isEqualTo(entry);
    }

    @Test
    void noResultsAtAllComeBack() {
        assertThat(ResultCodec.encode(List.of())).isEqualTo(Bytes.wrap(new byte[] {1}));
        assertThat(ResultCodec.decode(Bytes.wrap(new byte[] {1}))).isEmpty();
    }

    private static byte[] withoutVersion(Bytes encoded) {
        assertThat(encoded.at(0)).isEqualTo((byte) 1);
        return Arrays.copyOfRange(encoded.toByteArray(), 1, encoded.length());
    }
}
