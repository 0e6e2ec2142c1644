package io.hightower.kv.engine.differential;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * Makes pairs of empty stores: a new etcd process and a new store of ours. <b>Used by one thread at a time.</b>
 *
 * <p>Without an etcd whose differences are known, tests that need one are skipped, and say so.
 */
final class Stage {
    private final Path program;
    private final Path scratch;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Patience patience = new Patience();

    private Stage(Path program, Path scratch) {
        this.program = program;
        this.scratch = scratch;
    }

    /**
     * Returns a stage, or has the test skipped.
     *
     * @param scratch where our stores have their directories
     */
    static Stage in(Path scratch) throws IOException, InterruptedException {
        Optional<Path> program = EtcdProcess.find();
        if (program.isEmpty()) {
            throw skip("there is no etcd: apt-get install etcd-server, or name one with -D"
                    + EtcdProcess.PROGRAM_PROPERTY);
        }
        String version = EtcdProcess.version(program.get());
        if (!version.startsWith(EtcdProcess.KNOWN_GENERATION)) {
            throw skip("its differences are not listed: etcd " + version);
        }
        return new Stage(program.get(), scratch);
    }

    private static AssertionError skip(String reason) {
        String text = "NOTHING IS COMPARED WITH ETCD: " + reason;
        System.err.println(text);
        Assumptions.abort(text);
        return new AssertionError(text);
    }

    /** What is done with two empty stores. */
    interface Play {
        void act(Side etcd, Side ours);
    }

    /** Acts on two stores, which are gone afterwards. */
    void act(Play play) throws IOException {
        EtcdProcess process = EtcdProcess.start(program);
        EtcdGateway gateway = new EtcdGateway(client, process);
        try (EtcdSide etcd = new EtcdSide(process, gateway, patience);
                HightowerSide ours = HightowerSide.openIn(scratch)) {
            gateway.awaitReady();
            play.act(etcd, ours);
        } catch (Throwable e) {
            patience.wearOut();
            throw e;
        }
    }
}
