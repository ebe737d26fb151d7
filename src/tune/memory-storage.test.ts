import { storageConformance } from "../../test/storage-conformance.ts";
import { MemoryStorage } from "./memory-storage.ts";

const storage = new MemoryStorage();
storageConformance("memory", async () => storage, false);
