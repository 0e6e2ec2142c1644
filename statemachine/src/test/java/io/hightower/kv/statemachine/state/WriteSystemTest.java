package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteSystemTest {
    private static final Bytes A = Bytes.utf8("a");
    private static final Bytes B = Bytes.utf8("b");

    private final Machine machine = new Machine();

    @Test
    void writesWithoutMovingTheRevisionOfTheData() {
        assertThat(write(SystemWrite.value(A, B), SystemWrite.value(B, A)))
                .isEqualTo(new Result.SystemResult(1, true, 2));
        assertThat(system().get(A)).contains(new SystemRecord(A, B, 1));
        assertThat(system().get(B)).contains(new SystemRecord(B, A, 2));
        assertThat(machine.all()).isEmpty();
    }

    @Test
    void writesAllOrNothing() {
        write(SystemWrite.value(A, B));
        assertThat(write(SystemWrite.value(B, B), SystemWrite.value(A, A).expecting(SystemWrite.ABSENT)))
                .isEqualTo(new Result.SystemResult(1, false, 1));
        assertThat(system().get(B)).isEmpty();
        assertThat(write(SystemWrite.value(B, B), SystemWrite.value(A, A).expecting(1)))
                .isEqualTo(new Result.SystemResult(1, true, 3));
        assertThat(write(SystemWrite.removal(A).expecting(1))).isEqualTo(new Result.SystemResult(1, false, 3));
        assertThat(write(SystemWrite.removal(A).expecting(3))).isEqualTo(new Result.SystemResult(1, true, 4));
        assertThat(system().get(A)).isEmpty();
    }

    @Test
    void keysOfLeasesAndKeysGivenTwiceAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> write(SystemWrite.removal(Bytes.utf8("lease/x"))));
        assertThatIllegalArgumentException().isThrownBy(() -> write(SystemWrite.removal(Bytes.utf8("lease-key/"))));
        assertThatIllegalArgumentException().isThrownBy(() -> write(SystemWrite.removal(A), SystemWrite.removal(A)));
        assertThatIllegalArgumentException().isThrownBy(() -> write());
    }

    private Result write(SystemWrite... writes) {
        return machine.apply(new Command.WriteSystem(List.of(writes)));
    }

    private SystemRecords system() {
        try (StoreView view = machine.store.view()) {
            return view.system();
        }
    }
}
