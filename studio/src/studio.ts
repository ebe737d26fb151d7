import { mount } from "svelte";
import Page from "./shell/Studio.svelte";

mount(Page, { target: document.getElementById("app")! });
