package io.hightower.kv.storage.simulated;

import io.hightower.kv.statemachine.StorageException;
import io.hightower.kv.storage.file.DiskFile;
import java.nio.ByteBuffer;

/** An open file of a {@link SimulatedDisk}; good until the simulated process ends. */
final class SimulatedHandle implements DiskFile {
    private final SimulatedDevice device;
    private final String name;
    private final SimulatedFile file;
    private final int opener;
    private boolean closed;

    SimulatedHandle(SimulatedDevice device, String name, SimulatedFile file) {
        this.device = device;
        this.name = name;
        this.file = file;
        this.opener = device.process;
    }

    @Override
    public String name() {
        return name;
    }

    private void requireOpen() {
        if (closed || opener != device.process) {
            throw new StorageException("A file is closed: file=" + name);
        }
    }

    @Override
    public long length() {
        synchronized (device) {
            requireOpen();
            device.faults.requirePower("length file=" + name);
            return file.content().length();
        }
    }

    @Override
    public int read(long offset, ByteBuffer target) {
        synchronized (device) {
            requireOpen();
            return device.read(name, file, offset, target);
        }
    }

    @Override
    public void write(long offset, ByteBuffer source) {
        synchronized (device) {
            requireOpen();
            device.write(name, file, offset, source);
        }
    }

    @Override
    public void writeDurably(long offset, ByteBuffer source) {
        synchronized (device) {
            requireOpen();
            device.writeDurably(name, file, offset, source);
        }
    }

    @Override
    public void truncate(long length) {
        synchronized (device) {
            requireOpen();
            device.truncate(name, file, length);
        }
    }

    @Override
    public void sync() {
        synchronized (device) {
            requireOpen();
            device.sync(name, file);
        }
    }

    @Override
    public void close() {
        synchronized (device) {
            closed = true;
        }
    }
}
