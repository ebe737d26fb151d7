import { mount } from "svelte";
import Page from "./train/Train.svelte";

mount(Page, { target: document.getElementById("app")! });
