package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.room.DiskRoom;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.TxnOp;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Command PUT = Command.put(Bytes.utf8("k"), Bytes.utf8("v"));

    private final SimulatedDisk disk = SimulatedDisk.empty();
    private final Admission admission =
            new Admission(disk, Options.at(Path.of("simulated")).withFreeDiskBytesMin(1000));

    @Test
    void refusesWritesBelowTheFloorAndTakesThemAgainWhenSpaceReturns() {
        admission.require(PUT);

        disk.capacity(999);
        admission.refresh();
        assertThatThrownBy(() -> admission.require(PUT))
                .isInstanceOfSatisfying(NotReplicatedException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.DISK_FULL))
                .hasMessageContaining("freeBytes=999 freeDiskBytesMin=1000");
        assertThat(admission.problem()).isPresent();

        disk.capacity(1000);
        admission.refresh();
        admission.require(PUT);
        assertThat(admission.problem()).isEmpty();
    }

    @Test
    void belowTheFloorWhatAddsNoDataGoesOnUntilLittleOfItIsLeft() {
        Command delete = Command.delete(Bytes.utf8("k"));
        Command read = new Command.Txn(List.of(), List.of(RangeRequest.of(KeyRange.all())), List.of());
        Command inner = new Command.Txn(List.of(), List.of(), List.of((TxnOp) PUT));
        Command write = new Command.Txn(List.of(), List.of((TxnOp) inner), List.of());
        List<Command> adding = List.of(
                PUT,
                new Command.Batch(List.of(delete, PUT)),
                write,
                new Command.GrantLease(7, 10),
                new Command.OpenSession(7, 5_000),
                new Command.InSession(7, 1, PUT));
        List<Command> others = List.of(
                delete,
                read,
                new Command.Compact(5),
                new Command.RenewLease(7),
                new Command.RevokeLease(7),
                new Command.InSession(7, 1, delete),
                new Command.CloseSession(7),
                new Command.ExpireSessions(5));
        disk.capacity(250);
        admission.refresh();
        adding.forEach(this::assertRefused);
        others.forEach(admission::require);

        disk.capacity(249);
        admission.refresh();
        adding.forEach(this::assertRefused);
        others.forEach(this::assertRefused);
    }

    @Test
    void whatNoMajorityHasRoomForIsRefusedByWhoHasRoomItself() {
        Command delete = Command.delete(Bytes.utf8("k"));
        admission.majorityHas(DiskRoom.LITTLE, "0000000000000007=LITTLE");
        assertRefused(PUT);
        admission.require(delete);
        assertThat(admission.room()).as("that of this disk").isEqualTo(DiskRoom.ENOUGH);
        assertThat(admission.problem()).get().asString().contains("0000000000000007=LITTLE");

        admission.majorityHas(DiskRoom.NONE, "");
        assertRefused(delete);

        admission.majorityHas(DiskRoom.ENOUGH, "");
        admission.require(PUT);
        assertThat(admission.problem()).isEmpty();
    }

    @Test
    void tellsHowMuchRoomThereIs() {
        assertThat(roomAt(1000)).isEqualTo(DiskRoom.ENOUGH);
        assertThat(roomAt(999)).isEqualTo(DiskRoom.LITTLE);
        assertThat(roomAt(250)).isEqualTo(DiskRoom.LITTLE);
        assertThat(roomAt(249)).isEqualTo(DiskRoom.NONE);
    }

    private DiskRoom roomAt(long freeBytes) {
        disk.capacity(freeBytes);
        admission.refresh();
        return admission.room();
    }

    private void assertRefused(Command command) {
        assertThatThrownBy(() -> admission.require(command))
                .as("%s", command)
                .isInstanceOfSatisfying(NotReplicatedException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.DISK_FULL));
    }
}
