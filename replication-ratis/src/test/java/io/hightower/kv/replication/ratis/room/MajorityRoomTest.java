package io.hightower.kv.replication.ratis.room;

import static io.hightower.kv.replication.ratis.room.DiskRoom.ENOUGH;
import static io.hightower.kv.replication.ratis.room.DiskRoom.LITTLE;
import static io.hightower.kv.replication.ratis.room.DiskRoom.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MajorityRoomTest {
    /** Returns what so many voters have, of which those without an answer come last. */
    private static DiskRoom of(int voters, DiskRoom... answers) {
        List<Optional<DiskRoom>> all = new ArrayList<>();
        for (int i = 0; i < voters; i++) {
            all.add(i < answers.length ? Optional.of(answers[i]) : Optional.empty());
        }
        return MajorityRoom.of(all);
    }

    @Test
    void aMinorityWithoutRoomHoldsUpNobody() {
        assertThat(of(1, ENOUGH)).isEqualTo(ENOUGH);
        assertThat(of(3, ENOUGH, NONE, ENOUGH)).isEqualTo(ENOUGH);
        assertThat(of(5, NONE, LITTLE, ENOUGH, ENOUGH, ENOUGH)).isEqualTo(ENOUGH);
    }

    @Test
    void theBestMajorityHasAsMuchRoomAsItsWorstMember() {
        assertThat(of(1, LITTLE)).isEqualTo(LITTLE);
        assertThat(of(2, ENOUGH, LITTLE)).isEqualTo(LITTLE);
        assertThat(of(3, LITTLE, NONE, ENOUGH)).isEqualTo(LITTLE);
        assertThat(of(3, NONE, NONE, ENOUGH)).isEqualTo(NONE);
        assertThat(of(4, ENOUGH, ENOUGH, LITTLE, LITTLE)).isEqualTo(LITTLE);
    }

    @Test
    void whoeverIsAwayMakesTheOthersNeeded() {
        assertThat(of(3, ENOUGH, LITTLE)).isEqualTo(LITTLE);
        assertThat(of(3, ENOUGH, ENOUGH)).isEqualTo(ENOUGH);
        assertThat(of(5, ENOUGH, ENOUGH, NONE)).isEqualTo(NONE);
    }

    @Test
    void withoutAMajorityNothingIsWrittenAnyhow() {
        assertThat(of(3, LITTLE)).isEqualTo(ENOUGH);
    }

    @Test
    void membersUnderstandEachOther() {
        for (DiskRoom room : DiskRoom.values()) {
            assertThat(DiskRoom.read(new byte[] {room.code()})).contains(room);
        }
        assertThat(List.of(ENOUGH.code(), LITTLE.code(), NONE.code())).containsExactly((byte) 1, (byte) 2, (byte) 3);
        assertThat(DiskRoom.read(new byte[] {4})).isEmpty();
        assertThat(DiskRoom.read(new byte[0])).isEmpty();
        assertThat(DiskRoom.read(new byte[2])).isEmpty();
    }
}
