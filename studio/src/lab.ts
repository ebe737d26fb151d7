import { mount } from "svelte";
import Page from "./lab/Lab.svelte";

mount(Page, { target: document.getElementById("app")! });
