package io.hightower.kv.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.nio.file.Path;
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
}
