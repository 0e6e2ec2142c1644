package io.hightower.kv.statemachine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandTest {
    private static final Bytes KEY = Bytes.utf8("k");
    private static final Command.ReleaseTombstones RELEASE = new Command.ReleaseTombstones(1, 1);

    @Test
    void refusesEmptyAndOversizedKeys() {
        Bytes longest = Bytes.wrap(new byte[Limits.KEY_BYTES_MAX]);
        Bytes tooLong = longest.successor();
        assertThatCode(() -> Command.put(longest, KEY)).doesNotThrowAnyException();
        assertThatCode(() -> Command.delete(longest)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Command.put(tooLong, KEY)).isInstanceOf(TooLargeException.class);
        assertThatThrownBy(() -> Command.delete(tooLong)).isInstanceOf(TooLargeException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> Command.put(Bytes.EMPTY, KEY));
        assertThatIllegalArgumentException().isThrownBy(() -> Command.delete(Bytes.EMPTY));
    }

    @Test
    void explicitVersionIsFrom1ToItsGreatest() {
        assertThat(new Command.Put(KEY, KEY, 1).version()).isEqualTo(1);
        assertThat(new Command.Put(KEY, KEY, Limits.VERSION_MAX).version()).isEqualTo(1L << 62);
        assertThat(new Command.Delete(KEY, Limits.VERSION_MAX).version()).isEqualTo(1L << 62);
        assertThat(Command.put(KEY, KEY).version()).isEqualTo(Command.NO_VERSION);
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Put(KEY, KEY, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Put(KEY, KEY, Limits.VERSION_MAX + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Delete(KEY, Long.MIN_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Delete(KEY, Long.MAX_VALUE));
    }

    @Test
    void emptyValueIsAValue() {
        assertThat(Command.put(KEY, Bytes.EMPTY).value().isEmpty()).isTrue();
    }

    @Test
    void batchHoldsPutsAndDeletesOnly() {
        List<Command> legal =
                List.of(Command.put(KEY, KEY), Command.delete(KEY), new Command.DeleteRange(KeyRange.all()));
        Command.Batch batch = new Command.Batch(legal);

        assertThat(batch.commands()).isEqualTo(legal);
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Batch(List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Command.Batch(List.of(batch)))
                .withMessageContaining("found=Batch");
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Batch(List.of(RELEASE)));
        Command leased = new Command.Put(KEY, KEY, 0, PutOptions.lease(1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Batch(List.of(leased)));
    }

    @Test
    void batchAndEntryCopyTheirLists() {
        List<Command> commands = new ArrayList<>(List.of(Command.delete(KEY)));
        Command.Batch batch = new Command.Batch(commands);
        Entry entry = new Entry(0, commands);
        commands.clear();
        assertThat(batch.commands()).hasSize(1);
        assertThat(entry.commands()).hasSize(1);
    }

    @Test
    void releaseNeedsARevisionAndACount() {
        assertThat(new Command.ReleaseTombstones(0, 1).countMax()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.ReleaseTombstones(-1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.ReleaseTombstones(0, 0));
    }

    @Test
    void entryNeedsACommandAndATime() {
        assertThat(new Entry(0, List.of(RELEASE)).logicalTimeMillis()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new Entry(0, List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new Entry(-1, List.of(RELEASE)));
    }

    @Test
    void revisionsOrderByMainThenSub() {
        assertThat(new Revision(2, 9)).isLessThan(new Revision(3, 0)).isGreaterThan(new Revision(2, 8));
        assertThat(new Revision(2, 1)).hasToString("2.1");
        assertThatIllegalArgumentException().isThrownBy(() -> new Revision(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Revision(0, -1));
    }

    @Test
    void positionsOrderByIndex() {
        assertThat(new LogPosition(1, 9)).isGreaterThan(new LogPosition(2, 8));
        assertThat(new LogPosition(1, 9)).hasToString("(t:1, i:9)");
        assertThatIllegalArgumentException().isThrownBy(() -> new LogPosition(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogPosition(0, -1));
    }

    @Test
    void tombstoneIsNeverShownToAReader() {
        KeyRecord tombstone = KeyRecord.tombstone(KEY, new Revision(3, 0), 7);
        assertThatThrownBy(tombstone::toKeyValue).isInstanceOf(InvariantViolation.class);
    }
}
