package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.replication.ratis.room.DiskFloor;
import io.hightower.kv.replication.ratis.room.DiskRoom;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.NotReplicatedException;
import io.hightower.kv.statemachine.NotReplicatedException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members, some of which say that their disks are nearly full. */
final class MemberRoomsTest {
    @TempDir
    Path directory;

    private final Map<String, Disk> disks = new ConcurrentHashMap<>();
    private TestCluster cluster;

    /** What the owner of one member sees and hears. */
    private static final class Disk implements DiskFloor {
        volatile DiskRoom own = DiskRoom.ENOUGH;
        volatile DiskRoom majority = DiskRoom.ENOUGH;
        volatile String members = "";

        @Override
        public void require(Command command) {
            if (majority != DiskRoom.ENOUGH) {
                throw new NotReplicatedException(Reason.DISK_FULL, members);
            }
        }

        @Override
        public DiskRoom room() {
            return own;
        }

        @Override
        public void majorityHas(DiskRoom room, String told) {
            members = told;
            majority = room;
        }
    }

    @BeforeEach
    void start() throws IOException {
        cluster = TestCluster.of(
                        3,
                        directory,
                        options -> options.withFloor(
                                disks.computeIfAbsent(options.identity().name(), any -> new Disk())))
                .startAll();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    private List<String> followers(String leader) {
        return cluster.names().stream().filter(name -> !name.equals(leader)).toList();
    }

    @Test
    void theLeaderRefusesWhatNoMajorityHasRoomFor() {
        String leader = cluster.leader();
        List<String> followers = followers(leader);
        cluster.put(leader, "k", "v");
        followers.forEach(name -> disks.get(name).own = DiskRoom.LITTLE);

        TestCluster.await("the leader knows", () -> followers.stream().allMatch(name -> disks.get(leader)
                .members
                .contains(cluster.member(name).status().memberId() + "=LITTLE")));
        assertThat(disks.get(leader).majority).isEqualTo(DiskRoom.LITTLE);
        // What a member forwards is judged by the leader's floor.
        assertThatThrownBy(() -> TestCluster.join(
                        cluster.member(followers.get(0)).submit(Command.put(Bytes.utf8("k"), Bytes.utf8("w")))))
                .isInstanceOfSatisfying(NotReplicatedException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(Reason.DISK_FULL));

        disks.get(followers.get(0)).own = DiskRoom.ENOUGH;
        TestCluster.await("a majority has room", () -> disks.get(leader).majority == DiskRoom.ENOUGH);
        cluster.put(followers.get(1), "k", "x");

        cluster.stop(followers.get(0));
        TestCluster.await("the one that is left is needed", () -> disks.values().stream()
                .anyMatch(disk -> disk.majority == DiskRoom.LITTLE));
    }

    @Test
    void aLeaderWithoutRoomHandsOverToOneThatHasSome() {
        String first = cluster.leader();
        cluster.put(first, "k", "v");
        List<String> followers = followers(first);
        disks.get(followers.get(0)).own = DiskRoom.LITTLE;
        disks.get(first).own = DiskRoom.NONE;

        TestCluster.await("another leads", () -> !cluster.leader().equals(first));

        disks.get(followers.get(0)).own = DiskRoom.ENOUGH;
        TestCluster.await("nobody refuses, with or without room", () -> disks.values().stream()
                .allMatch(disk -> disk.majority == DiskRoom.ENOUGH));
        cluster.put(first, "k", "w");
        assertThat(cluster.leader()).isNotEqualTo(first);
    }
}
